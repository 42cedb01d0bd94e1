import type { ReceiptState } from "../receipt/receipt.ts";
import type { Durability } from "../seams/receipt-store.ts";
import type { Acknowledgement } from "../seams/transport.ts";
import { type Fault, mismatchFault } from "./fault.ts";
import type { Identification } from "./introduction.ts";

/** How strong a region's word is: what it said of its store, or `unproven` where the seeds' protocol says nothing. */
export type ProvenDurability = Durability | "unproven";

/** Why a delivery is no vote. */
export type NoVoteReason =
  /** The store lost what an earlier one held and does not vote until complete or accepted (DESIGN §9). */
  | "refilling"
  /** The store keeps only memory, and `requireDurable` asks for more. */
  | "notDurable";

/** What an acknowledgement is worth. */
export type AcknowledgementVerdict =
  /** A vote for this state (I1). */
  | { readonly kind: "confirmed"; readonly durability: ProvenDurability }
  /** The region has it, so delivery is done, but it does not count. */
  | { readonly kind: "delivered"; readonly reason: NoVoteReason; readonly durability: ProvenDurability }
  /** Neither: it speaks of something else. */
  | { readonly kind: "fault"; readonly fault: Fault };

/** What a vote must prove. */
export interface EvidenceRules {
  readonly requireDurable: boolean;
}

/**
 * Judges a region's word about one receipt state (I1), after {@link judgePeer} accepted who says it. A region that sends our
 * headers must name digest, committed and durability; one that never did is held to what the seeds' reply has.
 */
export function judgeAcknowledgement(
  asked: ReceiptState,
  said: Acknowledgement,
  identification: Identification,
  rules: EvidenceRules,
): AcknowledgementVerdict {
  if (said.receiptId !== asked.receiptId) return mismatch("receiptId", asked.receiptId, said.receiptId);
  const ours = identification.from !== undefined;
  if (said.digest === undefined ? ours : said.digest !== asked.digest) {
    return mismatch("digest", asked.digest, said.digest ?? "none");
  }
  if (said.committed === undefined ? ours : asked.committed && !said.committed) {
    return mismatch("committed", String(asked.committed), String(said.committed ?? "none"));
  }
  if (said.durability === undefined && ours) return mismatch("durability", "fsync or memory", "none");
  return weigh(said.durability ?? "unproven", identification.from?.refilling ?? false, rules);
}

/** Whether a store that holds the state counts: by its durability, and by whether it may vote at all. The local one too. */
export function weigh(durability: ProvenDurability, refilling: boolean, rules: EvidenceRules): AcknowledgementVerdict {
  if (refilling) return { kind: "delivered", reason: "refilling", durability };
  if (rules.requireDurable && durability === "memory") return { kind: "delivered", reason: "notDurable", durability };
  return { kind: "confirmed", durability };
}

function mismatch(
  field: "receiptId" | "digest" | "committed" | "durability",
  expected: string,
  received: string,
): AcknowledgementVerdict {
  return { kind: "fault", fault: mismatchFault(field, expected, received) };
}
