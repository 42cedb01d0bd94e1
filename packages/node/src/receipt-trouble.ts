/** Why one receipt was not taken, in the words of its problem: the same alone and in a batch. */
import type { ReceiptProblem } from "@rsync/core";
import type { Trouble } from "./peer-answer.ts";
import type { Received } from "./receiver.ts";

/** `errors` has everything, so that a batch full of invalid receipts makes no reply without bounds. */
const detailCharsMax = 300;

export function invalidReceipt(problems: readonly ReceiptProblem[]): Trouble {
  const detail = problems.map(({ message }) => message).join("; ");
  return {
    status: 422,
    kind: "invalid-receipt",
    title: "Invalid receipt",
    detail: detail.length <= detailCharsMax ? detail : `${detail.slice(0, detailCharsMax)}...`,
    members: { errors: problems },
  };
}

export function conflict(receiptId: string, { held, offered }: Extract<Received, { kind: "conflict" }>): Trouble {
  return {
    status: 409,
    kind: "conflict",
    title: "Other content under this id",
    // The digests come first: whoever shortens this keeps what matters.
    detail: `Other content is held: digest ${held.digest}, offered ${offered.digest}, receipt ${receiptId}. Both are kept`,
    members: {
      held_digest: held.digest,
      held_committed: held.committed,
      offered_digest: offered.digest,
      offered_committed: offered.committed,
    },
  };
}
