/** Rows with `after < position <= through`. */
export interface PositionRange {
  readonly after: number;
  readonly through: number;
}

/** Instead of more separate stretches, the last one grows; what lies between is then sent again, which is harmless. */
const RANGES_MAX = 64;

/**
 * Which stretches of the log a lane has not looked at yet: what lay before it began, and what came while its memory was full.
 * A million missed receipts are one stretch (DESIGN §8).
 */
export class UnreadRanges {
  /** Disjoint, in the order of positions. */
  #ranges: PositionRange[] = [];
  /** The last row was left unread too, so the next one continues its stretch. */
  #leaving = false;

  constructor(range: PositionRange) {
    if (range.through > range.after) this.#ranges.push(range);
  }

  first(): PositionRange | undefined {
    return this.#ranges[0];
  }

  /** A row came that memory has no room for. */
  leave(position: number): void {
    const last = this.#ranges.at(-1);
    if (last === undefined || (position > last.through && !this.#leaving && this.#ranges.length < RANGES_MAX)) {
      this.#ranges.push({ after: position - 1, through: position });
    } else if (position > last.through) {
      this.#ranges[this.#ranges.length - 1] = { after: last.after, through: position };
    } else {
      this.#leaveEarlier(position);
    }
    this.#leaving = true;
  }

  /** A row came and was taken into memory. */
  taken(): void {
    this.#leaving = false;
  }

  /** Everything with `after < position <= through` has been read. */
  read({ after, through }: PositionRange): void {
    this.#ranges = this.#ranges.flatMap((range) =>
      [
        { after: range.after, through: Math.min(range.through, after) },
        { after: Math.max(range.after, through), through: range.through },
      ].filter((rest) => rest.through > rest.after),
    );
  }

  /** A row out of order: the stretch above it grows down to it, so that the first stretch stays the lowest. */
  #leaveEarlier(position: number): void {
    const above = this.#ranges.findIndex(({ through }) => position <= through);
    this.#ranges = this.#ranges.map((range, index) =>
      index === above ? { after: Math.min(range.after, position - 1), through: range.through } : range,
    );
  }
}
