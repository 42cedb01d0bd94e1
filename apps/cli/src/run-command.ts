import { CommanderError } from "@commander-js/extra-typings";
import { CommandError } from "./command-error.ts";
import { createProgram } from "./command-line/create-program.ts";
import { endingSignal, endOnClosedPipe } from "./ending.ts";
import { ExitCode } from "./exit-code.ts";
import { Terminal } from "./output/terminal.ts";

const terminal = new Terminal();
const ending = endingSignal();
endOnClosedPipe();

let exitCode: number = ExitCode.ok;
const program = createProgram({ terminal, signal: ending.signal }, (code) => {
  exitCode = code;
});
try {
  await program.parseAsync();
} catch (error) {
  exitCode = exitCodeFor(error);
}
await terminal.flush();
// Not by itself: an input that has not ended would keep the process.
process.exit(ending.exitCode ?? exitCode);

function exitCodeFor(error: unknown): number {
  if (ending.signal.aborted) return ExitCode.error;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof CommandError) {
    terminal.note(`receipt-sync: ${error.message}`);
    return error.exitCode;
  }
  terminal.note(`receipt-sync: unexpected, please report it: ${String(error)}`);
  return ExitCode.error;
}
