/**
 * What the process does, from its arguments to its exit code.
 *
 * Each step loads only what it needs, and the threads of the store start before the servers are loaded: whoever waits for the
 * sidecar waits for the longer of the two, not for both.
 */
import { helpText, parseCommandLine } from "./command-line.ts";
import type { ConfigSource } from "./config/load-config.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { exitCode } from "./exit-code.ts";
import { version } from "./version.ts";

/** `workerUrl`: the file that the threads of its store run. */
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
      complain([command.message, 'Try "receipt-sidecar --help"'], exitCode.usage);
      return;
    case "check":
      return check({ file: command.configFile, environment: process.env }, command.json);
    case "run":
      return run({ file: command.configFile, environment: process.env }, workerUrl);
  }
}

async function check(source: ConfigSource, json: boolean): Promise<void> {
  if (json) return checkForMachines(source);
  const config = await checkedConfig(source);
  if (config === undefined) return;
  const { describeConfig } = await import("./config/describe-config.ts");
  process.stdout.write(`${JSON.stringify(describeConfig(config), undefined, 2)}\n`);
  for (const { message } of config.warnings) process.stderr.write(`receipt-sidecar: warning: ${message}\n`);
}

/** One object in one line, whether or not the configuration is valid. */
async function checkForMachines(source: ConfigSource): Promise<void> {
  const { loadConfig } = await import("./config/load-config.ts");
  const { describeCheck } = await import("./config/describe-config.ts");
  const loaded = await loadConfig(source);
  process.stdout.write(`${JSON.stringify(describeCheck(loaded))}\n`);
  if (loaded.kind === "invalid") process.exitCode = exitCode.notStarted;
}

async function run(source: ConfigSource, workerUrl: URL): Promise<void> {
  const config = await checkedConfig(source);
  if (config === undefined) return;
  const { createLogging } = await import("./logging.ts");
  const logging = createLogging(config.log);
  const { sayStarting } = await import("./life-lines.ts");
  sayStarting(config, logging);
  const { openStore } = await import("./open-store.ts");
  const opening = openStore(config, config.sync.region, workerUrl, logging.log);
  opening.catch(() => undefined); // told below, where it is awaited
  const { runSidecar } = await import("./run-sidecar.ts");
  try {
    await runSidecar({ source, config, logging, opening });
  } catch (error) {
    const { startExitCode, startProblem } = await import("./start-error.ts");
    complain([startProblem(error)], startExitCode(error));
    process.exit();
  }
}

/** `undefined` when it was refused; then the problems are told. */
async function checkedConfig(source: ConfigSource): Promise<SidecarConfig | undefined> {
  const { loadConfig } = await import("./config/load-config.ts");
  const loaded = await loadConfig(source);
  if (loaded.kind === "valid") return loaded.config;
  complain(
    loaded.problems.map(({ path, message }) =>
      path === "" || message.startsWith(path) ? message : `${path}: ${message}`,
    ),
    exitCode.notStarted,
  );
  return undefined;
}

function complain(lines: readonly string[], code: number): void {
  for (const line of lines) process.stderr.write(`receipt-sidecar: ${line}\n`);
  process.exitCode = code;
}
