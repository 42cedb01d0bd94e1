import { StoreError } from "@rsync/core";
import type { StoreProblem } from "./file/store-problem.ts";

/** Whether this opening may still acknowledge anything. Once it may not, it never may again (I3). */
export interface StoreHealth {
  readonly failure: Promise<StoreError>;
  /** Takes note of a problem; of those that end acknowledging only the first is told. */
  readonly note: (problem: StoreProblem) => void;
  readonly error: () => StoreError | undefined;
}

/** Whether nothing may be acknowledged after it; every other problem passes. */
export function endsAcknowledging({ kind }: StoreProblem): boolean {
  return kind === "failed" || kind === "damaged";
}

export function createStoreHealth(onFailure: (error: StoreError) => void): StoreHealth {
  const { promise: failure, resolve } = Promise.withResolvers<StoreError>();
  let first: StoreError | undefined;
  return {
    failure,
    note: (problem) => {
      if (first !== undefined || !endsAcknowledging(problem)) return;
      first = new StoreError(problem.kind, problem.message);
      onFailure(first);
      resolve(first);
    },
    error: () => first,
  };
}
