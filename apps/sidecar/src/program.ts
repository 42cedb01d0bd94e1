/** What the process does, from its arguments to its exit code. */
import { ConfigError, StoreError } from "@rsync/core";
import { StillOwedError } from "@rsync/node";
import { helpText, parseCommandLine } from "./command-line.ts";
import { type ConfigSource, loadConfig } from "./config/load-config.ts";
import { exitCode } from "./exit-code.ts";
import { version } from "./version.ts";

/** `workerUrl`: the file of this program, for the threads of its store. */
export async function runProgram(workerUrl: URL): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2), process.env);
  switch (command.kind) {
    case "help":
      process.stdout.write(helpText);
      return;
    case "version":
      process.stdout.write(`${version}\n`);
      return;
    case "misused":
      process.stderr.write(`receipt-sidecar: ${command.message}\nTry "receipt-sidecar --help"\n`);
      process.exitCode = exitCode.usage;
      return;
    case "check":
      return check({ file: command.configFile, environment: process.env });
    case "run":
      return run({ file: command.configFile, environment: process.env }, workerUrl);
  }
}

async function check(source: ConfigSource): Promise<void> {
  const loaded = await loadConfig(source);
  if (loaded.kind === "invalid") return refuse(loaded.problems);
  const { describeConfig } = await import("./config/describe-config.ts");
  process.stdout.write(`${describeConfig(loaded.config)}\n`);
  for (const { message } of loaded.config.warnings) process.stderr.write(`receipt-sidecar: warning: ${message}\n`);
}

async function run(source: ConfigSource, workerUrl: URL): Promise<void> {
  const loaded = await loadConfig(source);
  if (loaded.kind === "invalid") return refuse(loaded.problems);
  const { runSidecar } = await import("./run-sidecar.ts");
  try {
    await runSidecar(source, loaded.config, workerUrl);
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`receipt-sidecar: ${error.message}\n`);
    process.exit(exitCode.notStarted);
  }
}

function refuse(problems: readonly { readonly path: string; readonly message: string }[]): void {
  for (const { path, message } of problems) {
    const where = path === "" || message.includes(path) ? "" : `${path}: `;
    process.stderr.write(`receipt-sidecar: ${where}${message}\n`);
  }
  process.exitCode = exitCode.notStarted;
}

function isExpected(error: unknown): error is Error {
  if (error instanceof StoreError || error instanceof ConfigError || error instanceof StillOwedError) return true;
  return error instanceof Error && error.name === "StartError";
}
