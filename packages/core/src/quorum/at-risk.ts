/** How many committed receipts would fall under policy if one region vanished now? (DESIGN §16) */
import type { QuorumPolicy } from "./policy.ts";
import { verdict } from "./verdict.ts";

/** Some of this region's own receipts, and who is known to have them all. */
export interface HeldStretch {
  readonly receipts: number;
  readonly holders: ReadonlySet<string>;
}

/**
 * For each region, the receipts that satisfy the policy now and would not without it. A figure for dashboards and never a vote
 * (I1): `holders` may come from cursors, which lag behind what regions have acknowledged.
 */
export function receiptsAtRisk(
  policy: QuorumPolicy,
  regionIds: readonly string[],
  stretches: readonly HeldStretch[],
): ReadonlyMap<string, number> {
  const atRisk = new Map(regionIds.map((regionId) => [regionId, 0]));
  for (const { receipts, holders } of stretches) {
    const satisfiedWithout = (lost: string | undefined): boolean =>
      verdict(policy, (regionId) => (regionId !== lost && holders.has(regionId) ? "confirmed" : "waiting")) ===
      "satisfied";
    if (!satisfiedWithout(undefined)) continue;
    for (const regionId of regionIds) {
      if (!satisfiedWithout(regionId)) atRisk.set(regionId, (atRisk.get(regionId) ?? 0) + receipts);
    }
  }
  return atRisk;
}
