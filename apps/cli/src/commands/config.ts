import { writeFile } from "node:fs/promises";
import { explainPolicy } from "@rsync/core";
import { CommandError } from "../command-error.ts";
import { type CheckedFile, checkConfigFile } from "../config/check-config-file.ts";
import { configFileSchema } from "../config/config-file-schema.ts";
import { describePolicy } from "../config/describe-policy.ts";
import { explainConfig } from "../config/explain-config.ts";
import { type InitRegion, initialConfig } from "../config/init-config.ts";
import { ExitCode } from "../exit-code.ts";
import { formatFacts } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import type { Context, OutputOptions } from "./context.ts";

/** `receipt-sync config check FILE`: every problem with its path, and what may surprise. */
export async function configCheck(path: string, options: OutputOptions, { terminal }: Context): Promise<ExitCode> {
  const checked = await checkConfigFile(path);
  if (checked.kind === "invalid") return reportInvalid(terminal, path, checked, options);
  const { config, warnings } = checked;
  if (options.json) terminal.printJson({ valid: true, problems: [], warnings });
  else {
    terminal.print(
      `${path} is valid: region ${config.region}, ${config.regions.length} other region${config.regions.length === 1 ? "" : "s"}`,
    );
    for (const { message } of warnings) terminal.note(`warning: ${message}`);
  }
  return ExitCode.ok;
}

/** `receipt-sync config explain FILE`: what the configuration means in the end. */
export async function configExplain(path: string, options: OutputOptions, { terminal }: Context): Promise<ExitCode> {
  const checked = await checkConfigFile(path);
  if (checked.kind === "invalid") return reportInvalid(terminal, path, checked, options);
  const { config } = checked;
  if (options.json) terminal.printJson({ quorum: describePolicy(config.policy), ...explainPolicy(config) });
  else terminal.print(formatFacts(terminal, explainConfig(config)));
  return ExitCode.ok;
}

export interface InitOptions extends OutputOptions {
  readonly region: string;
  readonly regions: readonly InitRegion[];
}

/** `receipt-sync config init FILE`: a file to begin with. What is there already stays as it is. */
export async function configInit(path: string, options: InitOptions, { terminal }: Context): Promise<ExitCode> {
  const content = initialConfig(options.region, options.regions);
  if (path === "-") {
    terminal.print(content.trimEnd());
    return ExitCode.ok;
  }
  await writeFile(path, content, { flag: "wx" }).catch((error: unknown) => {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const why = exists ? "it exists already, and is left as it is" : String(error);
    throw new CommandError(`cannot write ${path}: ${why}`);
  });
  if (options.json) terminal.printJson({ file: path });
  else terminal.print(`${path} is written. Next: receipt-sync config check ${path}`);
  return ExitCode.ok;
}

/** `receipt-sync config schema`: JSON Schema of the sidecar's file, for editors. */
export async function configSchema({ terminal }: Context): Promise<ExitCode> {
  terminal.print(JSON.stringify(configFileSchema(), undefined, 2));
  return ExitCode.ok;
}

function reportInvalid(
  terminal: Terminal,
  path: string,
  { problems }: Extract<CheckedFile, { readonly kind: "invalid" }>,
  options: OutputOptions,
): ExitCode {
  if (options.json) terminal.printJson({ valid: false, problems, warnings: [] });
  else {
    terminal.note(`${path} is not valid:`);
    for (const problem of problems) {
      // Some name their key themselves.
      const isNamed = problem.path === "" || problem.message.startsWith(problem.path);
      terminal.note(`  ${isNamed ? "" : `${problem.path}: `}${problem.message}`);
    }
  }
  return ExitCode.error;
}
