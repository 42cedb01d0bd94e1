/** How values are spread, in the form that Prometheus and OTLP know: counts of values up to each bound. */
export interface HistogramFigures {
  readonly count: number;
  readonly sum: number;
  /** Growing bounds; `count` is of the values at most `upTo`. Larger values are in the whole count alone. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
}

/** Milliseconds, from a fraction of an fsync to the longest timeout. */
export const DURATION_BOUNDS_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000];

/** Receipts of one request. */
export const BATCH_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** Counts values by fixed bounds: constant memory, and cheap enough for every receipt. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  get figures(): HistogramFigures {
    let count = 0;
    const buckets = this.#bounds.map((upTo, index) => {
      count += this.#counts[index] ?? 0;
      return { upTo, count };
    });
    return { count: count + (this.#counts.at(-1) ?? 0), sum: this.#sum, buckets };
  }
}
