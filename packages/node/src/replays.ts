import type { LogRow } from "@rsync/core";

/** Who waits for dead letters that are being sent once more, by the position of their rows. */
export class Replays {
  readonly #waiting = new Map<number, (() => void)[]>();

  /** Resolves when the replays of all these rows have ended. */
  async begin(rows: readonly LogRow[]): Promise<void> {
    await Promise.all(
      rows.map(({ position }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.set(position, [...(this.#waiting.get(position) ?? []), resolve]);
        return promise;
      }),
    );
  }

  ended(position: number): void {
    const [first, ...rest] = this.#waiting.get(position) ?? [];
    if (rest.length > 0) this.#waiting.set(position, rest);
    else this.#waiting.delete(position);
    first?.();
  }

  /** Nothing more is sent: nobody waits in vain. */
  endAll(): void {
    for (const waiting of this.#waiting.values()) for (const resolve of waiting) resolve();
    this.#waiting.clear();
  }
}
