import { hash } from "node:crypto";
import { canonicalPolicyText, canonicalText, type QuorumPolicy, type Receipt, type Voter } from "@rsync/core";

/** SHA-256 of a receipt's canonical form: 64 lower-case hex digits (DESIGN §4). */
export function receiptDigest(receipt: Receipt): string {
  return hash("sha256", canonicalText(receipt), "hex");
}

/** SHA-256 of a policy and the regions it stands on: what regions compare when they meet (DESIGN §11). */
export function policyDigest(policy: QuorumPolicy, voters: readonly Voter[]): string {
  return hash("sha256", canonicalPolicyText(policy, voters), "hex");
}
