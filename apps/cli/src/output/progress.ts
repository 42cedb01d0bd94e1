import { Presets, SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

/** How far something is, for whoever watches. */
export interface Progress {
  readonly update: (done: number, note?: string) => void;
  /** Says something above the bar. */
  readonly interrupt: (say: () => void) => void;
  /** Takes the bar away, so that what is said next has the line to itself. */
  readonly stop: () => void;
}

const noProgress: Progress = { update: () => {}, interrupt: (say) => say(), stop: () => {} };

/** A bar on the standard error of a terminal; nothing anywhere else, and nothing for a total that nobody knows. */
export function startProgress(terminal: Terminal, label: string, total: number | undefined): Progress {
  if (!terminal.isWatched || total === undefined || total === 0) return noProgress;
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% {note}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 28,
      noTTYOutput: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: "" });
  return {
    update: (done, note = "") => bar.update(Math.min(done, total), { note }),
    interrupt: (say) => {
      process.stderr.write("\r\u001b[K"); // the bar comes back by itself, a moment later
      say();
    },
    stop: () => bar.stop(),
  };
}
