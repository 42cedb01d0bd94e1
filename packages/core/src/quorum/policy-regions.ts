/** Which regions does a policy ask? */
import type { QuorumPolicy } from "./policy.ts";

/** The ids of all regions in `policy`, each once, in the order of their first place in the tree. */
export function policyRegions(policy: QuorumPolicy): readonly string[] {
  const regionIds = new Set<string>();
  collectRegions(policy, regionIds);
  return [...regionIds];
}

function collectRegions(policy: QuorumPolicy, into: Set<string>): void {
  if (policy.kind === "region") into.add(policy.regionId);
  else for (const branch of policy.of) collectRegions(branch.policy, into);
}
