/**
 * Why is the verdict what it is? The same tree as the policy, with numbers in every node.
 *
 * Kept apart from `verdict`, which decides on every acknowledgement: this one is for people, and allocates.
 */
import type { QuorumPolicy, Verdict, Vote, Votes } from "./policy.ts";
import { verdictOfVote } from "./verdict.ts";

/** A leaf: what the region said. */
export interface RegionExplanation {
  readonly kind: "region";
  readonly regionId: string;
  readonly vote: Vote;
  readonly verdict: Verdict;
}

/** A threshold: how much of it is there, how much can still come. */
export interface ThresholdExplanation {
  readonly kind: "threshold";
  readonly label: string;
  readonly verdict: Verdict;
  readonly threshold: number;
  /** Weight of the satisfied branches. */
  readonly confirmedWeight: number;
  /** Weight of the branches that are satisfied or still can be. Below `threshold` means unreachable. */
  readonly possibleWeight: number;
  /** Weight of all branches. */
  readonly totalWeight: number;
  readonly of: readonly { readonly weight: number; readonly explanation: VerdictExplanation }[];
}

/** One node of an explained policy. */
export type VerdictExplanation = RegionExplanation | ThresholdExplanation;

/** Explains `verdict(policy, votes)`; the `verdict` at the top is always the same as that function's answer. */
export function explainVerdict(policy: QuorumPolicy, votes: Votes): VerdictExplanation {
  if (policy.kind === "region") {
    const vote = votes(policy.regionId);
    return { kind: "region", regionId: policy.regionId, vote, verdict: verdictOfVote(vote) };
  }
  const of = policy.of.map(({ weight, policy }) => ({ weight, explanation: explainVerdict(policy, votes) }));
  const weightOf = (counts: (verdict: Verdict) => boolean): number =>
    of.reduce((sum, { weight, explanation }) => (counts(explanation.verdict) ? sum + weight : sum), 0);
  const confirmedWeight = weightOf((verdict) => verdict === "satisfied");
  const possibleWeight = weightOf((verdict) => verdict !== "unreachable");
  return {
    kind: "threshold",
    label: policy.label,
    verdict: verdictOfWeights(confirmedWeight, possibleWeight, policy.threshold),
    threshold: policy.threshold,
    confirmedWeight,
    possibleWeight,
    totalWeight: weightOf(() => true),
    of,
  };
}

function verdictOfWeights(confirmedWeight: number, possibleWeight: number, threshold: number): Verdict {
  if (confirmedWeight >= threshold) return "satisfied";
  return possibleWeight >= threshold ? "pending" : "unreachable";
}
