import { ConfigError, StoreError } from "@rsync/core";
import { StillOwedError } from "@rsync/node";
import { describeFailure } from "./describe-failure.ts";
import { exitCode } from "./exit-code.ts";

/** Why the sidecar can not start, in one line for whoever started it. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly exitCode: number;

  constructor(message: string, code: number = exitCode.notStarted) {
    super(message);
    this.exitCode = code;
  }
}

/** One line for what was foreseen; for a mistake of this program, all there is to know about it. */
export function startProblem(error: unknown): string {
  const foreseen = [StartError, StoreError, ConfigError, StillOwedError].some((kind) => error instanceof kind);
  if (foreseen || !(error instanceof Error)) return describeFailure(error);
  return `internal error: ${error.stack ?? error.message}`;
}

/** How the process ends because of it. */
export function startExitCode(error: unknown): number {
  return error instanceof StartError ? error.exitCode : exitCode.notStarted;
}
