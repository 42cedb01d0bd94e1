import type { PositionRange } from "../../src/lane/unread-ranges.ts";
import type { LogRow } from "../../src/seams/receipt-store.ts";
import { row } from "./lane-parts.ts";

/** The own rows of a log, what of them one region has settled, and which of them it will never take. */
export class WorldLog {
  readonly rows = new Map<number, LogRow>();
  readonly poison = new Set<number>();
  /** The last position, which may be a foreign row's. */
  position = 0;
  settled = new Set<number>();
  refused = new Set<number>();
  readonly #poisonous: readonly number[];

  /** `poisonous`: own rows, counted from 0. */
  constructor(poisonous: readonly number[]) {
    this.#poisonous = poisonous;
  }

  get owed(): number[] {
    return [...this.rows.keys()].filter((position) => !this.settled.has(position));
  }

  get owedPoison(): number {
    return this.owed.filter((position) => this.poison.has(position)).length;
  }

  /** `gap` foreign rows, and an own one; `upgrade` where it is another one of the receipt before it. */
  write(gap: number, upgrade: boolean, mayBePoison: boolean): LogRow {
    const before = [...this.rows.keys()].at(-1);
    this.position += 1 + gap;
    if (mayBePoison && this.#poisonous.includes(this.rows.size)) this.poison.add(this.position);
    const written = row(this.position, upgrade ? before : undefined);
    this.rows.set(this.position, written);
    return written;
  }

  read({ after, through }: PositionRange, rowsMax: number): LogRow[] {
    return [...this.rows.values()].filter(({ position }) => position > after && position <= through).slice(0, rowsMax);
  }

  /** Another store took the region's place. */
  settledUpTo(cursor: number): void {
    this.settled = new Set([...this.rows.keys()].filter((position) => position <= cursor));
    this.refused = new Set();
  }
}
