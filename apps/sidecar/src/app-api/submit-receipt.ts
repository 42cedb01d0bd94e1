/** One receipt in, one answer out: the same for a single request and for each line of a stream. */
import { parseWireReceipt } from "@rsync/core";
import type { ReceiptSyncManager, SyncOptions, SyncResult } from "@rsync/node";
import { type Answer, jsonAnswer, problemAnswer } from "../http/answer.ts";
import type { Body } from "../http/read-body.ts";
import { syncResultMembers } from "./snake-case.ts";

/** No receipt is larger: 256 code points in each id, escaped, and 256 bytes of hash make less than 8 KiB. */
export const RECEIPT_BYTES_MAX = 64 * 1024;

const statusOf: Readonly<Record<SyncResult["outcome"], number>> = {
  committed: 200,
  disabled: 200,
  pending: 202,
  refused: 409,
};

/** Rejects as `syncReceipt` does. Envelope fields are ignored: this region writes its own label. */
export async function submitReceipt(manager: ReceiptSyncManager, body: Body, options: SyncOptions): Promise<Answer> {
  if (body.kind === "tooLarge") {
    return problemAnswer(413, "too-large", "Too large", `A receipt takes at most ${RECEIPT_BYTES_MAX} bytes`);
  }
  if (body.kind === "notUtf8") return problemAnswer(400, "not-json", "Not JSON", "The text is not UTF-8");
  const parsed = parseWireReceipt(body.text, "ignored");
  switch (parsed.kind) {
    case "notJson":
      return problemAnswer(400, "not-json", "Not JSON", parsed.message);
    case "invalid": {
      const detail = parsed.problems.map(({ message }) => message).join("; ");
      return problemAnswer(422, "invalid-receipt", "Invalid receipt", detail, { errors: parsed.problems });
    }
    case "parsed":
      return syncAnswer(await manager.syncReceipt(parsed.receipt, options));
  }
}

/** The answer that a result stands for. */
export function syncAnswer(result: SyncResult): Answer {
  return jsonAnswer(statusOf[result.outcome], syncResultMembers(result), { "x-rsync-outcome": result.outcome });
}
