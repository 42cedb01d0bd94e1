/**
 * The background check: reads every row again, a few at a time with pauses between, because what nobody reads may rot for
 * months unnoticed. Damage ends acknowledging, and the next opening reads everything before it votes (`suspicion.ts`).
 */
import type { CancelTimer, Clock } from "@rsync/core";
import type { StoreProblem } from "./file/store-problem.ts";

export interface ScrubOptions {
  readonly schedule: Clock["schedule"];
  readonly rowsMax: number;
  readonly pauseMs: number;
  readonly restMs: number;
  /** Checks rows after a position; `undefined` at the end of the log. */
  readonly check: (after: number, rowsMax: number) => Promise<ScrubStep>;
  /** The last position that is known to be committed: the log must not end before it. */
  readonly committed: () => number;
  readonly onProblem: (problem: StoreProblem) => void;
  /** Names the log in what is said about it. */
  readonly path: string;
}

type ScrubStep =
  | { readonly kind: "checked"; readonly through: number | undefined }
  | { readonly kind: "failed"; readonly problem: StoreProblem };

/** Begins after one pause; calling what it returns ends it. */
export function startScrub(options: ScrubOptions): CancelTimer {
  let cancelled = false;
  let cancelTimer: CancelTimer = () => undefined;

  const next = (after: number, delayMs: number): void => {
    if (cancelled) return;
    cancelTimer = options.schedule(delayMs, () => {
      void step(after);
    });
  };
  const step = async (after: number): Promise<void> => {
    const promised = options.committed();
    const done = await options.check(after, options.rowsMax);
    if (cancelled) return;
    if (done.kind === "failed") options.onProblem(done.problem);
    else if (done.through !== undefined) next(done.through, options.pauseMs);
    else if (after < promised) options.onProblem(lostEnd(options.path, after, promised));
    else next(0, options.restMs);
  };

  next(0, options.pauseMs);
  return () => {
    cancelled = true;
    cancelTimer();
  };
}

function lostEnd(path: string, end: number, promised: number): StoreProblem {
  return {
    kind: "damaged",
    message: `The receipt log ${path} is damaged: it ends at position ${end}, but ${promised} was committed`,
  };
}
