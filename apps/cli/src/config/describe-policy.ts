import type { PolicyBranch, QuorumPolicy } from "@rsync/core";

/** A quorum in words: `any 2 of us-east-1, us-west-1, eu-west-1`. */
export function describePolicy(policy: QuorumPolicy): string {
  if (policy.kind === "region") return policy.regionId;
  const { threshold, of } = policy;
  const total = of.reduce((sum, { weight }) => sum + weight, 0);
  const weighted = of.some(({ weight }) => weight !== 1);
  if (of.length === 1 && of[0] !== undefined) return describePolicy(of[0].policy);
  const names = of.map((branch) => describeBranch(branch, weighted));
  if (threshold === total) return joined(names, "and");
  if (weighted) return `weight ${threshold} of ${total} among ${joined(names, "and")}`;
  return threshold === 1 ? joined(names, "or") : `any ${threshold} of ${joined(names, "and")}`;
}

function describeBranch({ weight, policy }: PolicyBranch, weighted: boolean): string {
  const name =
    policy.kind === "region" || policy.of.length === 1 ? describePolicy(policy) : `(${describePolicy(policy)})`;
  return weighted ? `${name} (weight ${weight})` : name;
}

function joined(names: readonly string[], word: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}
