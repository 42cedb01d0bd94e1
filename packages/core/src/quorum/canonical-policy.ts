/**
 * Do two regions of one deployment have the same policy? They compare the SHA-256 of this text.
 *
 * The text is JSON without white space: `{"policy":NODE,"regions":[[ID,WEIGHT,ZONE],...]}`. A node is
 * `{"region":ID}` or `{"of":[[WEIGHT,NODE],...],"threshold":N}`; a missing zone is `null`. Regions are sorted by id,
 * branches by their own text (both by UTF-16 code units). Labels are left out, and so is everything that may rightly differ from
 * region to region: which one is local, the order in which they were written, endpoints, timeouts, priorities. The
 * local region stands in the list like any other. So all regions of one deployment get the same text, provided
 * that they use the same ids: with ids that were made from legacy endpoints they do not, and a difference means nothing.
 */
import { utf8FromText } from "../receipt/utf8.ts";
import type { QuorumPolicy } from "./policy.ts";
import type { Voter } from "./presets.ts";

/** The canonical text of a policy over all regions of a deployment, observers included. */
export function canonicalPolicyText(policy: QuorumPolicy, voters: readonly Voter[]): string {
  const regions = voters.map(({ regionId, weight, zone }) => JSON.stringify([regionId, weight, zone ?? null]));
  return `{"policy":${canonicalNode(policy)},"regions":[${regions.sort().join(",")}]}`;
}

/** The UTF-8 of {@link canonicalPolicyText}: its SHA-256 is the policy digest. */
export function canonicalPolicyBytes(policy: QuorumPolicy, voters: readonly Voter[]): Uint8Array {
  return utf8FromText(canonicalPolicyText(policy, voters));
}

function canonicalNode(policy: QuorumPolicy): string {
  if (policy.kind === "region") return `{"region":${JSON.stringify(policy.regionId)}}`;
  const branches = policy.of.map(({ weight, policy }) => `[${weight},${canonicalNode(policy)}]`);
  return `{"of":[${branches.sort().join(",")}],"threshold":${policy.threshold}}`;
}
