import type { ContestantName } from "./contestant.ts";
import { median } from "./percentile.ts";
import type { Measured } from "./run-rounds.ts";

/** The medians of all rounds of one contestant with so many callers. */
export interface LoadFigures {
  readonly contestant: ContestantName;
  readonly callers: number;
  readonly receiptsPerSecond: number;
  /** The slowest and the fastest round. */
  readonly receiptsPerSecondRange: readonly [slowest: number, fastest: number];
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Median of the ratios within each round; `undefined` where nothing was written by hand. */
  readonly timesByHand: number | undefined;
}

/** Figures by callers, then in the order of the first round. */
export function summarise(measured: readonly Measured[]): readonly LoadFigures[] {
  const callers = [...new Set(measured.map((run) => run.callers))];
  const contestants = [...new Set(measured.map((run) => run.contestant))];
  return callers.flatMap((each) =>
    contestants.map((contestant) => {
      const runs = measured.filter((run) => run.callers === each && run.contestant === contestant);
      const rates = runs.map(rate);
      const ratios = runs.flatMap((run) => {
        const byHand = measured.find(
          (other) => other.contestant === "by-hand" && other.callers === each && other.round === run.round,
        );
        return byHand === undefined ? [] : [rate(run) / rate(byHand)];
      });
      return {
        contestant,
        callers: each,
        receiptsPerSecond: median(rates),
        receiptsPerSecondRange: [Math.min(...rates), Math.max(...rates)],
        p50Ms: median(runs.map((run) => run.p50Ms)),
        p99Ms: median(runs.map((run) => run.p99Ms)),
        timesByHand: ratios.length === 0 ? undefined : median(ratios),
      };
    }),
  );
}

function rate(run: Measured): number {
  return (run.receipts / run.tookMs) * 1000;
}
