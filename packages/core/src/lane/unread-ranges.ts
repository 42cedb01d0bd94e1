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
  readonly #ranges: PositionRange[] = [];
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
    if (last !== undefined && this.#leaving && position > last.through) {
      this.#ranges[this.#ranges.length - 1] = { after: last.after, through: position };
      return;
    }
    this.#leaving = true;
    this.#ranges.push({ after: position - 1, through: position });
    if (this.#ranges.length > RANGES_MAX) this.#joinLastTwo();
  }

  /** A row came and was taken into memory. */
  taken(): void {
    this.#leaving = false;
  }

  /** Everything of the first stretch up to here has been read. */
  readThrough(position: number): void {
    const first = this.#ranges[0];
    if (first === undefined) return;
    if (position >= first.through) {
      this.#ranges.shift();
      if (this.#ranges.length === 0) this.#leaving = false;
    } else {
      this.#ranges[0] = { after: Math.max(first.after, position), through: first.through };
    }
  }

  #joinLastTwo(): void {
    const last = this.#ranges.pop();
    const before = this.#ranges.pop();
    if (last === undefined || before === undefined) return;
    this.#ranges.push({ after: before.after, through: last.through });
  }
}
