import { CONTESTANTS, type ContestantName } from "./contestant.ts";
import { median, percentile } from "./percentile.ts";
import { type Measured, rate } from "./run-rounds.ts";
import { type Shape, sameShape } from "./shape.ts";

/** The medians of all rounds of one contestant in one shape. */
export interface LoadFigures {
  readonly contestant: ContestantName;
  readonly shape: Shape;
  readonly receiptsPerSecond: number;
  /** Between these lies the middle half of the rounds. */
  readonly receiptsPerSecondQuartiles: readonly [lower: number, upper: number];
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Median of the ratios within each round; `undefined` where nothing was written by hand. */
  readonly timesByHand: number | undefined;
}

/** Figures by shape as they were measured, then by contestant as tables list them. */
export function summarise(measured: readonly Measured[]): readonly LoadFigures[] {
  const contestants = CONTESTANTS.filter((name) => measured.some(({ contestant }) => contestant === name));
  const [first] = measured;
  const shapes = measured
    .filter((run) => run.round === first?.round && run.contestant === first.contestant)
    .map(({ shape }) => shape);
  return shapes.flatMap((shape) =>
    contestants.map((contestant) => {
      const runs = measured.filter((run) => sameShape(run.shape, shape) && run.contestant === contestant);
      const rates = runs.map(rate);
      const ratios = runs.flatMap((run) => {
        const byHand = measured.find(
          (other) => other.contestant === "by-hand" && sameShape(other.shape, shape) && other.round === run.round,
        );
        return byHand === undefined ? [] : [rate(run) / rate(byHand)];
      });
      return {
        contestant,
        shape,
        receiptsPerSecond: median(rates),
        receiptsPerSecondQuartiles: quartiles(rates),
        p50Ms: median(runs.map((run) => run.p50Ms)),
        p99Ms: median(runs.map((run) => run.p99Ms)),
        timesByHand: ratios.length === 0 ? undefined : median(ratios),
      };
    }),
  );
}

function quartiles(numbers: readonly number[]): readonly [lower: number, upper: number] {
  const sorted = numbers.toSorted((left, right) => left - right);
  return [percentile(sorted, 0.25), percentile(sorted, 0.75)];
}
