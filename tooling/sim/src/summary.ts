/** What a range of seeds amounts to. */
import type { SeedOutcome } from "./seed-outcome.ts";

export class Summary {
  readonly violations: SeedOutcome[] = [];
  readonly #struck = new Map<string, number>();
  #seeds = 0;
  #receipts = 0;
  #commits = 0;
  #events = 0;
  #virtualMs = 0;

  get seeds(): number {
    return this.#seeds;
  }

  get commits(): number {
    return this.#commits;
  }

  /** How many kinds of faults have struck at least once. */
  get kindsStruck(): number {
    return this.#struck.size;
  }

  add(outcome: SeedOutcome): void {
    this.#seeds += 1;
    this.#receipts += outcome.receipts;
    this.#commits += outcome.commits;
    this.#events += outcome.events;
    this.#virtualMs += outcome.virtualMs;
    for (const [kind, times] of outcome.struck) this.#struck.set(kind, (this.#struck.get(kind) ?? 0) + times);
    if (outcome.violation !== undefined) this.violations.push(outcome);
  }

  lines(): readonly string[] {
    const hours = (this.#virtualMs / 3_600_000).toFixed(1);
    const faults = [...this.#struck].sort(([, left], [, right]) => right - left);
    return [
      `${this.#seeds} seeds, ${this.violations.length} violations`,
      `${this.#receipts} receipts, told committed ${this.#commits} times, ${this.#events} events, ${hours} virtual hours`,
      `faults: ${faults.map(([kind, times]) => `${kind} ${times}`).join(", ") || "none"}`,
    ];
  }
}
