/** How the process ends when somebody wants it to: by a signal, or by not reading on. */
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Ending {
  /** Aborted at the first signal: commands then clean up and return. */
  readonly signal: AbortSignal;
  /** 128 + the signal, as shells count; undefined while none came. */
  readonly exitCode: number | undefined;
}

/** Listens for signals. A second one ends at once; what must be cleaned up even then hangs on the process' exit. */
export function endingSignal(): Ending {
  const controller = new AbortController();
  const ending: { signal: AbortSignal; exitCode: number | undefined } = {
    signal: controller.signal,
    exitCode: undefined,
  };
  for (const name of signals) {
    process.on(name, () => {
      if (ending.exitCode !== undefined) process.exit(ending.exitCode);
      ending.exitCode = 128 + constants.signals[name];
      controller.abort(new Error(`ended by ${name}`));
    });
  }
  return ending;
}

/** Whoever read our output has had enough (`| head`): that is no error worth a word. Ends as SIGPIPE would. */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => process.exit(128 + constants.signals.SIGPIPE));
  }
}
