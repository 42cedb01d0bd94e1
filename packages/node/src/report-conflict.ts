import * as lines from "./log-lines.ts";
import type { Surroundings } from "./parts.ts";

/** Other content than what is held was offered under an id (I4). Told for each receipt where somebody asks for that, and seldom otherwise. */
export function reportConflict({ receiptLogger, seldomLines, events }: Surroundings, offer: lines.OtherContent): void {
  const { receiptId, held, offered } = offer;
  if (receiptLogger !== undefined) receiptLogger(lines.conflictRefused(offer));
  else seldomLines.tell("conflicts", (leftOut) => lines.conflictRefused(offer, leftOut));
  events.emit("conflict", { receiptId, heldDigest: held, offeredDigest: offered });
}
