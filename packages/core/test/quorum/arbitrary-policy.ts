import * as fc from "fast-check";
import type { PolicyBranch, QuorumPolicy, Vote } from "../../src/index.ts";

/** Any tree over these regions, shared ones included, also with thresholds that cannot be met. */
export function policyArbitrary(regionIds: readonly string[]): fc.Arbitrary<QuorumPolicy> {
  const region = fc.constantFrom(...regionIds).map((regionId): QuorumPolicy => ({ kind: "region", regionId }));
  const { policy } = fc.letrec<{ policy: QuorumPolicy; branch: PolicyBranch }>((tie) => ({
    policy: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      region,
      fc
        .tuple(fc.integer({ min: 1, max: 5 }), fc.array(tie("branch"), { minLength: 1, maxLength: 4 }))
        .map(([threshold, of]): QuorumPolicy => ({ kind: "threshold", label: "any", threshold, of })),
    ),
    branch: fc.record({ weight: fc.integer({ min: 1, max: 3 }), policy: tie("policy") }),
  }));
  return policy;
}

/** All ways in which these regions can vote. */
export function everyVote(regionIds: readonly string[], votes: readonly Vote[]): readonly ReadonlyMap<string, Vote>[] {
  return regionIds.reduce<readonly ReadonlyMap<string, Vote>[]>(
    (maps, regionId) => maps.flatMap((map) => votes.map((vote) => new Map([...map, [regionId, vote] as const]))),
    [new Map()],
  );
}
