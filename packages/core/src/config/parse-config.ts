/**
 * From whatever was written to a configuration that nothing downstream has to check again.
 *
 * All problems are found in one go: those of single values (the schema), those between values (`check-relations.ts`) and
 * those that only the legacy form can have.
 */
import { resolveQuorum } from "../quorum/resolve-quorum.ts";
import { checkPolicy, type PolicyWarning } from "./check-policy.ts";
import { checkRelations } from "./check-relations.ts";
import type { Config, ConfigProblem } from "./config.ts";
import { configVoters } from "./config-voters.ts";
import { describeIssues, type IssueContext } from "./describe-issues.ts";
import { type DraftConfig, fieldsOf, readDraft } from "./draft-config.ts";
import { convertRegionConfig } from "./legacy-region-config.ts";
import { configSchema, configShape, quorumThresholdDefault, regionShape } from "./schema.ts";

/** The configuration with its warnings, or every problem at once. */
export type ParsedConfig =
  | { readonly kind: "valid"; readonly config: Config; readonly warnings: readonly PolicyWarning[] }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** How to read a file that holds more than this configuration. */
export interface ParseConfigOptions {
  /** Keys at the top that belong to the app: left alone here, and known to suggestions. Default none. */
  readonly otherKeys?: readonly string[] | undefined;
}

const retryBackoffMaxMsDefault = 4_000;

/**
 * Reads a configuration of any origin: a {@link ConfigInput}, a parsed YAML or JSON file, or the legacy `RegionConfig`
 * (in camelCase or snake_case), which is converted. Absent (`undefined`, or null for an empty file) is a configuration of
 * defaults. Never throws.
 */
export function parseConfig(input: unknown, { otherKeys = [] }: ParseConfigOptions = {}): ParsedConfig {
  const legacy = convertRegionConfig(input);
  const own = withoutKeys(legacy?.input ?? input ?? {}, otherKeys);
  const draft = readDraft(own);
  const parsed = configSchema.safeParse(own);
  const problems = [
    ...(legacy?.problems ?? []),
    ...(parsed.success ? [] : describeIssues(parsed.error.issues, issueContext(draft, otherKeys))),
    ...checkRelations(draft),
  ].map(({ path, message }) => ({ path: legacy?.writtenPath(path) ?? path, message }));
  if (!parsed.success || problems.length > 0) return { kind: "invalid", problems };
  const config = resolveConfig(parsed.data, legacy?.aliases ?? false);
  return { kind: "valid", config, warnings: checkPolicy(config) };
}

function resolveConfig(written: ReturnType<typeof configSchema.parse>, alias: boolean): Config {
  const { timeout, retryBackoffInitial, retryBackoffMax, quorum, ...rest } = written;
  const regions = written.regions.map(({ timeout, zone, ...region }) => {
    return { ...region, timeoutMs: timeout, zone, alias };
  });
  const base = { ...rest, regions, primaryRegion: written.primaryRegion, localZone: written.localZone };
  const quorumThreshold = written.quorumThreshold ?? quorumThresholdDefault;
  return {
    ...base,
    quorumThreshold: quorum === undefined ? quorumThreshold : undefined,
    policy: resolveQuorum(quorum ?? quorumThreshold, configVoters(base), "quorum").policy,
    timeoutMs: timeout,
    retryBackoffInitialMs: retryBackoffInitial,
    // The seeds let the first delay be longer than their cap of 4 s.
    retryBackoffMaxMs: retryBackoffMax ?? Math.max(retryBackoffMaxMsDefault, retryBackoffInitial),
  };
}

function withoutKeys(input: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0 || typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(fieldsOf(input)).filter(([key]) => !keys.includes(key)));
}

function issueContext(draft: DraftConfig, otherKeys: readonly string[]): IssueContext {
  return {
    regionIdAt: (index) => draft.regions?.[index]?.regionId,
    keysAt: ([root, , ...rest]) => {
      if (root === undefined) return [...Object.keys(configShape), ...otherKeys];
      if (root === "regions") return Object.keys(regionShape);
      return rest.length === 0
        ? ["threshold", "minZones", "of", "label"]
        : ["region", "threshold", "of", "weight", "label"];
    },
  };
}
