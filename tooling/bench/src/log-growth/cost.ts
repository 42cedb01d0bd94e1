import { median } from "../load/percentile.ts";
import type { IdVersion } from "../load/shape.ts";

/** By the kind of id: one that grows with time is appended to the index, a random one lands anywhere in it. */
export type CostById = Readonly<Record<IdVersion, Cost>>;

export interface Cost {
  readonly microseconds: number;
  /** Median of the ratios to the smallest log within each round. */
  readonly timesSmallest: number;
}

/** Microseconds for each receipt in each round, by kind of id and size of the log, the smallest one first. */
export type CostRounds = Readonly<Record<IdVersion, ReadonlyMap<number, readonly number[]>>>;

/** The medians of all rounds with a log of one size. */
export function costsOf(rounds: CostRounds, size: number): CostById {
  return { v7: costOf(rounds.v7, size), v4: costOf(rounds.v4, size) };
}

function costOf(bySize: CostRounds[IdVersion], size: number): Cost {
  const [smallest = []] = bySize.values();
  const own = bySize.get(size) ?? [];
  return {
    microseconds: median(own),
    timesSmallest: median(own.map((each, round) => each / (smallest[round] ?? Number.NaN))),
  };
}
