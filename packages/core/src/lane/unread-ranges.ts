/** Rows with `after < position <= through`. */
export interface PositionRange {
  readonly after: number;
  readonly through: number;
}

/** More separate stretches than this are joined; what lies between them is then sent again, which is harmless. */
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
    if (last !== undefined && position <= last.through) {
      this.#leaveEarlier(position);
    } else if (last !== undefined && this.#leaving) {
      this.#ranges[this.#ranges.length - 1] = { after: last.after, through: position };
    } else {
      this.#ranges.push({ after: position - 1, through: position });
      this.#leaving = true;
    }
    if (this.#ranges.length > RANGES_MAX) this.#joinLastTwo();
  }

  /** A row came and was taken into memory. */
  taken(): void {
    this.#leaving = false;
  }

  /** Everything with `after < position <= through` has been read. */
  read({ after, through }: PositionRange): void {
    const end = this.#ranges.at(-1)?.through;
    this.#ranges = this.#ranges.flatMap((range) =>
      [
        { after: range.after, through: Math.min(range.through, after) },
        { after: Math.max(range.after, through), through: range.through },
      ].filter((rest) => rest.through > rest.after),
    );
    if (this.#ranges.at(-1)?.through !== end) this.#leaving = false;
  }

  /** A row out of order: kept in its place, so that the first stretch stays the lowest. */
  #leaveEarlier(position: number): void {
    if (this.#ranges.some(({ after, through }) => after < position && position <= through)) return;
    this.#ranges.push({ after: position - 1, through: position });
    this.#ranges.sort((one, other) => one.after - other.after);
    this.#leaving = false;
  }

  #joinLastTwo(): void {
    const [before, last] = this.#ranges.splice(-2);
    if (before !== undefined && last !== undefined) this.#ranges.push({ after: before.after, through: last.through });
  }
}
