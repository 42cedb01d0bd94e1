import { ExitCode } from "./exit-code.ts";

/** Why a command ends early: one line for people, and the exit code. Anything else that is thrown is a bug. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.error) {
    super(message);
    this.exitCode = exitCode;
  }
}
