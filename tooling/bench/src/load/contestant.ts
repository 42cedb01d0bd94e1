import type { LoadPlan, LoadRun } from "./closed-loop.ts";

/** One way to have receipts in three regions. */
export interface Contestant {
  readonly name: ContestantName;
  /** Starts three regions as processes, with their files in an empty folder. */
  readonly start: (folder: string) => Promise<Deployment>;
}

export type ContestantName = "by-hand" | "in-process" | "sidecar";

/** Three regions that run. */
export interface Deployment {
  /** Submits to the first region. */
  readonly load: (plan: LoadPlan) => Promise<LoadRun>;
  /** Ends all three; resolves to the number of receipts that each holds. */
  readonly stop: () => Promise<readonly number[]>;
}
