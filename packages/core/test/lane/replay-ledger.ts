import { claim } from "./lane-parts.ts";

/** Each replay that was ordered ends, and tells so, exactly once. */
export class ReplayLedger {
  readonly #open = new Map<number, number>();

  get open(): number[] {
    return [...this.#open.keys()];
  }

  ordered(position: number): void {
    this.#open.set(position, (this.#open.get(position) ?? 0) + 1);
  }

  ended(position: number): void {
    const left = this.#open.get(position) ?? 0;
    claim(left > 0, () => `tells how a replay of ${position} ended, of which there was none`);
    if (left === 1) this.#open.delete(position);
    else this.#open.set(position, left - 1);
  }
}
