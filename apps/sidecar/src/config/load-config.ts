/** From a file and the environment to a checked configuration, or every problem at once. */
import { readFile } from "node:fs/promises";
import { applyEnvironment, type Config, type ConfigProblem, parseConfig } from "@rsync/core";
import { ownKeys, ownVariables, readOwnKeys } from "./read-own-keys.ts";
import type { ConfigWarning, OwnConfig, SidecarConfig } from "./sidecar-config.ts";

/** Where a configuration comes from. */
export interface ConfigSource {
  /** YAML or JSON; none means the environment alone. */
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type LoadedConfig =
  | { readonly kind: "valid"; readonly config: SidecarConfig }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** Names of the environment that set no key: where the file is, and where the command finds a sidecar. */
const otherNames = ["RSYNC_CONFIG", "RSYNC_URL"];

/** Reads and checks. The environment stands over the file. Never rejects. */
export async function loadConfig({ file, environment }: ConfigSource): Promise<LoadedConfig> {
  const read = file === undefined ? { kind: "read" as const, input: undefined } : await readConfigFile(file);
  if (read.kind === "unreadable") return { kind: "invalid", problems: [{ path: "", message: read.message }] };
  const applied = applyEnvironment(read.input, environment, { alsoVariables: ownVariables, otherNames });
  const parsed = parseConfig(applied.input, { otherKeys: ownKeys });
  const { own, problems: ownProblems } = readOwnKeys(applied.input);
  const problems = [...applied.problems, ...(parsed.kind === "invalid" ? parsed.problems : []), ...ownProblems];
  if (parsed.kind === "invalid" || problems.length > 0) return { kind: "invalid", problems };
  const warnings = [...parsed.warnings, ...memoryWarning(own, parsed.config)];
  return { kind: "valid", config: { ...own, sync: parsed.config, warnings } };
}

function memoryWarning({ store }: OwnConfig, { crossRegionSyncEnabled, requireDurable }: Config): ConfigWarning[] {
  if (store.kind !== "memory" || !crossRegionSyncEnabled || !requireDurable) return [];
  const message = "store is memory: and requireDurable is true, so this region's own vote never counts";
  return [{ kind: "memoryDoesNotVote", message }];
}

type ReadFile =
  | { readonly kind: "read"; readonly input: unknown }
  | { readonly kind: "unreadable"; readonly message: string };

async function readConfigFile(file: string): Promise<ReadFile> {
  try {
    const text = await readFile(file, "utf8");
    if (file.endsWith(".json")) return { kind: "read", input: JSON.parse(text) };
    const { parse } = await import("yaml");
    return { kind: "read", input: parse(text) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", message: `${file} can not be read: ${said.trim()}` };
  }
}
