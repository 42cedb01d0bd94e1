import { access, constants } from "node:fs/promises";
import { type Config, type ConfigProblem, checkPolicy, type PolicyWarning } from "@rsync/core";
import { CommandError } from "../command-error.ts";
import { unreadableFile } from "../input/open-input.ts";
import { problemsIn } from "./problems-in.ts";
import { runSidecarCheck } from "./run-sidecar-check.ts";

/** A file as the sidecar would take it, or everything that is wrong with it. */
export type CheckedFile =
  | { readonly kind: "valid"; readonly config: Config; readonly warnings: readonly PolicyWarning[] }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** Asks the sidecar's own program, so that nothing passes here that it would refuse, its own keys included. */
export async function checkConfigFile(path: string): Promise<CheckedFile> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadableFile(path, error);
  });
  const { exitCode, stdout, stderr } = await runSidecarCheck(path);
  if (exitCode === 0) {
    const config = JSON.parse(stdout) as Config; // what parseConfig made, printed
    return { kind: "valid", config, warnings: checkPolicy(config) };
  }
  const problems = problemsIn(stderr);
  if (problems.length === 0) throw new CommandError(`the configuration could not be checked: ${stderr.trim()}`);
  return { kind: "invalid", problems };
}
