/**
 * The background check: reads every row again, a few at a time with pauses between, because what nobody reads may rot for
 * months unnoticed. Damage ends acknowledging, and the next opening reads everything before it votes (`suspicion.ts`).
 * A problem that passes is told, and ends nothing: the check goes on where it was.
 */
import type { CancelTimer, Clock, Logger, LogLine } from "@rsync/core";
import type { StoreProblem } from "./file/store-problem.ts";
import { endsAcknowledging } from "./store-health.ts";

export interface ScrubOptions {
  readonly schedule: Clock["schedule"];
  readonly rowsMax: number;
  readonly pauseMs: number;
  readonly restMs: number;
  /** Checks rows after a position; `undefined` at the end of the log. */
  readonly check: (after: number, rowsMax: number) => Promise<ScrubStep>;
  /** The last position that is known to be committed: the log must not end before it. */
  readonly committed: () => number;
  /** Damage and failures: acknowledging has to end. */
  readonly onProblem: (problem: StoreProblem) => void;
  readonly logger: Logger;
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
    if (done.kind === "failed" && endsAcknowledging(done.problem)) options.onProblem(done.problem);
    else if (done.kind === "failed") {
      options.logger(postponed(options, after, done.problem));
      next(after, options.restMs);
    } else if (done.through !== undefined) next(done.through, options.pauseMs);
    else if (after < promised) options.onProblem(lostEnd(options.path, after, promised));
    else next(0, options.restMs);
  };

  next(0, options.pauseMs);
  return () => {
    cancelled = true;
    cancelTimer();
  };
}

function postponed({ path, restMs }: ScrubOptions, after: number, { kind, message }: StoreProblem): LogLine {
  return {
    level: "warn",
    message: `The background check of the receipt log goes on in ${Math.round(restMs / 1000)} s: ${message}`,
    fields: { path, kind, position: after },
  };
}

function lostEnd(path: string, end: number, promised: number): StoreProblem {
  return {
    kind: "damaged",
    message: `The receipt log ${path} is damaged: it ends at position ${end}, but ${promised} was committed`,
  };
}
