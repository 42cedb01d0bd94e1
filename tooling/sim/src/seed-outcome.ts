import type { SimulationReport } from "@rsync/testkit";

/** What is kept of a run once it is over: small, and able to cross a thread. */
export interface SeedOutcome {
  readonly seed: number;
  /** Checker and sentence; none where all is well. */
  readonly violation: { readonly checker: string; readonly detail: string } | undefined;
  readonly traceHash: string;
  readonly struck: readonly (readonly [kind: string, times: number])[];
  readonly receipts: number;
  readonly commits: number;
  readonly events: number;
  readonly virtualMs: number;
}

export function outcomeOf(report: SimulationReport): SeedOutcome {
  const { seed, violation, traceHash, struck, receipts, commits, events, virtualMs } = report;
  return { seed, violation, traceHash, struck: [...struck], receipts, commits, events, virtualMs };
}
