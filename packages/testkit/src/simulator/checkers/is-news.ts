/** May somebody be told content that nobody can show to be a lie? */

import type { CallMade, Told, WorldView } from "../observation.ts";
import { isQuorum } from "./is-quorum.ts";

/**
 * Whoever asks what lies under an id that it does not hold itself has nothing to compare an answer with: a region that lies
 * about its contents can not be shown to, alone. Such words make no quorum, but where the policy takes the word of no others than
 * those that lied. The contents of another receipt are no such lie: they name their id themselves.
 */
export function isNews(call: CallMade, told: Told, world: WorldView): boolean {
  if (told.kind !== "inspected" || told.digest === undefined) return false;
  if (told.quorum && !isQuorum(call.rule, new Set(told.confirmed))) return false;
  const { digest } = told;
  if (isOfAnother(call.receiptId, digest, world)) return false;
  return !world.disk(call.regionId).held({ receiptId: call.receiptId, digest, committed: false });
}

function isOfAnother(receiptId: string, digest: string, { options, log }: WorldView): boolean {
  const range = { after: 0, ownOnly: false, rowsMax: Infinity, bytesMax: Infinity };
  return options.voters.some(({ regionId }) =>
    log(regionId)
      ?.list(range)
      .some(({ record }) => record.digest === digest && record.receiptId !== receiptId),
  );
}
