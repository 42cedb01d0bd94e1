/**
 * `RSYNC_*` variables over a configuration.
 *
 * Each key has a variable: `quorumThreshold` is `RSYNC_QUORUM_THRESHOLD`. Text and durations are taken as they are,
 * numbers and booleans are read, lists and objects are JSON. A variable that is set but empty is not the same as one
 * that is not set: it goes through and is refused where empty is wrong, as a region that was to come from a variable must
 * not silently become `us-east-1`.
 */
import type { ConfigProblem } from "./config.ts";
import { fieldsOf } from "./draft-config.ts";
import { legacyKeyOf } from "./legacy-region-config.ts";
import { nearestKey } from "./nearest-key.ts";
import type { configShape } from "./schema.ts";

/** How the text of a variable becomes a value. `jsonOrText`: JSON where it begins with `{`, else text. */
export type VariableForm = "text" | "number" | "boolean" | "json" | "jsonOrText" | "duration";

/** A variable and the key that it sets. */
export interface EnvironmentVariable {
  /** `RSYNC_` and the key in capitals. */
  readonly name: string;
  /** Where the value goes: `["listen", "app"]`. */
  readonly path: readonly [string, ...string[]];
  readonly form: VariableForm;
}

/** What else may be in the environment. */
export interface EnvironmentOptions {
  /** Variables of the app's own keys. */
  readonly alsoVariables?: readonly EnvironmentVariable[] | undefined;
  /** Names that belong to no key but are known, such as `RSYNC_URL`: not reported. */
  readonly otherNames?: readonly string[] | undefined;
}

/** The configuration with the variables in it, for `parseConfig`; and what could not be read, each under its name. */
export interface AppliedEnvironment {
  readonly input: unknown;
  readonly problems: readonly ConfigProblem[];
}

const prefix = "RSYNC_";

/** Of rsync(1), as its manual lists them: on many machines, and none of ours. None may ever become the name of a key. */
const namesOfRsync: ReadonlySet<string> = new Set(
  [
    ...["CHECKSUM_LIST", "COMPRESS_LIST", "CONNECT_PROG", "ICONV", "MAX_ALLOC", "OLD_ARGS", "PARTIAL_DIR", "PASSWORD"],
    ...["PORT", "PROTECT_ARGS", "PROXY", "RSH", "SHELL"],
  ].map((name) => prefix + name),
);

const forms: { readonly [Key in keyof typeof configShape]: VariableForm } = {
  region: "text",
  primaryRegion: "text",
  crossRegionSyncEnabled: "boolean",
  regions: "json",
  localZone: "text",
  localWeight: "number",
  quorumThreshold: "number",
  quorum: "jsonOrText",
  waitFor: "text",
  timeout: "duration",
  maxRetries: "number",
  retryBackoffInitial: "duration",
  retryBackoffMax: "duration",
  retryJitter: "text",
  requireDurable: "boolean",
};

/** The variable of each key of the configuration. */
export const configVariables: readonly EnvironmentVariable[] = Object.entries(forms).map(([key, form]) => {
  return { name: variableName(key), path: [key], form };
});

/**
 * Puts the variables over `input`, which is left as it is. Reports what cannot be read and any other `RSYNC_` name, with
 * a suggestion: a typing error must not pass for a default. Never throws.
 */
export function applyEnvironment(
  input: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  { alsoVariables = [], otherNames = [] }: EnvironmentOptions = {},
): AppliedEnvironment {
  const variables = new Map([...configVariables, ...alsoVariables].map((variable) => [variable.name, variable]));
  const problems: ConfigProblem[] = [];
  let applied = input;
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith(prefix) || otherNames.includes(name)) continue;
    const variable = variables.get(name);
    if (variable === undefined) {
      if (namesOfRsync.has(name)) continue;
      problems.push({ path: name, message: unknownMessage(name, [...variables.keys(), ...otherNames]) });
      continue;
    }
    const value = readVariable(variable.form, text);
    if (value.kind === "invalid") problems.push({ path: name, message: `${name} ${value.message}` });
    else applied = withValue(applied, variable.path, value.value);
  }
  return { input: applied, problems };
}

function variableName(key: string): string {
  return prefix + key.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();
}

function unknownMessage(name: string, known: readonly string[]): string {
  const meant = nearestKey(name, known);
  return `${name} belongs to no key${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
}

type VariableValue =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly message: string };

/** Values are never echoed: anything can stand in an environment, secrets too. */
function readVariable(form: VariableForm, text: string): VariableValue {
  switch (form) {
    case "text":
      return { kind: "value", value: text };
    case "duration":
      return { kind: "value", value: /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text };
    case "number":
      if (!/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: "invalid", message: "must be a number" };
      return { kind: "value", value: Number(text) };
    case "boolean":
      if (text !== "true" && text !== "false") return { kind: "invalid", message: "must be true or false" };
      return { kind: "value", value: text === "true" };
    case "jsonOrText":
      return text.trimStart().startsWith("{") ? readJson(text) : { kind: "value", value: text };
    case "json":
      return readJson(text);
  }
}

function readJson(text: string): VariableValue {
  try {
    return { kind: "value", value: JSON.parse(text) };
  } catch {
    return { kind: "invalid", message: "must be JSON" };
  }
}

/** A copy of `input` with `value` at `path`. What is no object on the way stays, for the schema to refuse. */
function withValue(input: unknown, [key, ...rest]: readonly [string, ...string[]], value: unknown): unknown {
  if (Array.isArray(input) || (typeof input !== "object" && input !== undefined)) return input;
  const fields: Record<string, unknown> = { ...fieldsOf(input) };
  // Over a legacy file the old spelling of the same key would clash.
  const oldKey = legacyKeyOf(key);
  if (oldKey !== undefined) delete fields[oldKey];
  const [next, ...others] = rest;
  fields[key] = next === undefined ? value : withValue(fields[key], [next, ...others], value);
  return fields;
}
