import { access, constants } from "node:fs/promises";
import type { Config, ConfigProblem } from "@rsync/core";
import { CommandError } from "../command-error.ts";
import { unreadableFile } from "../input/open-input.ts";
import { runSidecarCheck, type SidecarCheck } from "./run-sidecar-check.ts";

/** What may surprise: about the policy, or the sidecar's own keys. */
interface ConfigWarning {
  readonly kind: string;
  readonly message: string;
}

/** A file as the sidecar would take it, or everything that is wrong with it. */
export type CheckedFile =
  | { readonly kind: "valid"; readonly config: Config; readonly warnings: readonly ConfigWarning[] }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** Asks the sidecar's own program, so that nothing passes here that it would refuse, its own keys included. */
export async function checkConfigFile(path: string): Promise<CheckedFile> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadableFile(path, error);
  });
  return readCheck(await runSidecarCheck(path));
}

/** What `--check --json` printed, whose members are those of core. */
type PrintedCheck =
  | { readonly valid: true; readonly config: Config; readonly warnings: readonly ConfigWarning[] }
  | { readonly valid: false; readonly problems: readonly ConfigProblem[] };

function readCheck({ stdout, stderr }: SidecarCheck): CheckedFile {
  let printed: PrintedCheck;
  try {
    printed = JSON.parse(stdout) as PrintedCheck;
  } catch {
    throw new CommandError(`the configuration could not be checked: ${stderr.trim()}`);
  }
  if (!printed.valid) return { kind: "invalid", problems: printed.problems };
  return { kind: "valid", config: printed.config, warnings: printed.warnings };
}
