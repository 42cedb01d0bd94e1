/**
 * Do these votes satisfy this policy?
 *
 * Weights are not negative, so more confirmations never hurt: the policy is satisfied for certain when it is satisfied
 * with every waiting vote read as a refusal, and lost for certain when it is not with every waiting vote read as a
 * confirmation. Both readings are carried through the tree in one walk, which makes the verdict exact, also when a
 * region stands in several branches. What the numbers were is told by `explainVerdict`, a second function.
 */
import type { QuorumPolicy, Verdict, Vote, Votes } from "./policy.ts";

/**
 * Judges `policy` on `votes`. Asks for the vote of each leaf at most once per place where it stands and allocates
 * nothing, as it runs once per acknowledgement. `satisfied` never turns into anything else when further votes arrive;
 * `unreachable` only when a refusal is taken back.
 */
export function verdict(policy: QuorumPolicy, votes: Votes): Verdict {
  if (policy.kind === "region") return verdictOfVote(votes(policy.regionId));
  const { of, threshold } = policy;
  let confirmedWeight = 0;
  let possibleWeight = 0;
  for (const branch of of) {
    const answer = verdict(branch.policy, votes);
    if (answer === "unreachable") continue;
    possibleWeight += branch.weight;
    if (answer !== "satisfied") continue;
    confirmedWeight += branch.weight;
    if (confirmedWeight >= threshold) return "satisfied";
  }
  if (confirmedWeight >= threshold) return "satisfied";
  return possibleWeight >= threshold ? "pending" : "unreachable";
}

/** What a single vote means for the leaf that it belongs to. */
export function verdictOfVote(vote: Vote): Verdict {
  if (vote === "confirmed") return "satisfied";
  return vote === "refused" ? "unreachable" : "pending";
}
