/** How waiting grows from failure to failure. The seeds' schedule is 1 s, 2 s, 4 s, 4 s ... with `none`. */
export interface BackoffRules {
  /** Wait after the first failure, > 0. */
  readonly initialMs: number;
  /** No wait is longer, >= `initialMs` to matter. */
  readonly maxMs: number;
  /** `full`: anywhere in [0, wait); `equal`: anywhere in [wait/2, wait); see "Exponential Backoff And Jitter" (AWS, 2015). */
  readonly jitter: "none" | "full" | "equal";
}

/** Milliseconds to wait after the `failures`-th consecutive failure (>= 1); `random` is in [0, 1) and unused without jitter. */
export function backoffMs(rules: BackoffRules, failures: number, random: number): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 52);
  const waitMs = Math.min(rules.initialMs * 2 ** doublings, rules.maxMs);
  switch (rules.jitter) {
    case "none":
      return waitMs;
    case "full":
      return waitMs * random;
    case "equal":
      return waitMs / 2 + (waitMs / 2) * random;
  }
}
