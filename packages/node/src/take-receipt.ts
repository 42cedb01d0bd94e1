/** `POST /receipt-sync`: one receipt of another region, as the seeds send it. */
import { type Identification, parseWireReceipt } from "@rsync/core";
import { type Answer, ok, problem } from "./peer-answer.ts";
import { notJson, readBodyText } from "./peer-body.ts";
import type { PeerRequest } from "./peer-request.ts";
import { conflict, invalidReceipt } from "./receipt-trouble.ts";
import type { ReceiptReceiver } from "./receiver.ts";
import { rfc3339 } from "./rfc3339.ts";

/** No receipt is larger: 256 code points in each id, escaped, and 256 bytes of hash make less than 8 KiB. */
export const RECEIPT_BYTES_MAX = 64 * 1024;

export async function takeReceipt(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  sender: Identification,
  wallMs: () => number,
): Promise<Answer> {
  const body = await readBodyText(request, RECEIPT_BYTES_MAX, tooLarge);
  if (body.kind === "refused") return body.answer;
  const parsed = parseWireReceipt(body.text);
  if (parsed.kind === "notJson") return notJson(parsed.message);
  if (parsed.kind === "invalid") return problem(invalidReceipt(parsed.problems));
  const { receiptId } = parsed.receipt;
  const received = await receiver.receive(parsed.receipt, parsed.envelope, sender);
  if (received.kind === "conflict") {
    const trouble = conflict(receiptId, received);
    return problem({ ...trouble, members: { receipt_id: receiptId, ...trouble.members } });
  }
  const { digest, committed } = received;
  const { durability } = receiver;
  const timestamp = rfc3339(wallMs());
  return ok({ status: "acknowledged", receipt_id: receiptId, timestamp, digest, committed, durability });
}

function tooLarge(): Answer {
  const detail = `A receipt takes at most ${RECEIPT_BYTES_MAX} bytes`;
  return problem({ status: 413, kind: "too-large", title: "Body too large", detail });
}
