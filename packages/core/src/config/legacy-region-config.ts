/**
 * What does a legacy `RegionConfig` mean today?
 *
 * The old form lists endpoints without names: `region`, `primaryRegion`, `crossRegionSyncEnabled`,
 * `receiptSyncEndpoints`, `quorumThreshold`, each in camelCase or snake_case. Each endpoint becomes a region with timeout
 * 5 s and weight 1. Its id is the first label of the host (`http://replica-west.example.com` is `replica-west`); an IP
 * address keeps address and port; where two collide, or one is the local region's, `-2`, `-3` ... is added. Such an id is
 * only a local alias. Keys of the present form may stand beside the old ones.
 */
import type { ConfigProblem } from "./config.ts";
import { fieldsOf } from "./draft-config.ts";
import { parseEndpoint } from "./endpoint.ts";

/** The legacy configuration. Null is the same as absent, as the old files wrote it. */
export interface RegionConfig {
  readonly region?: string | null | undefined;
  readonly primaryRegion?: string | null | undefined;
  readonly crossRegionSyncEnabled?: boolean | null | undefined;
  /** Endpoints of the other regions; ids are made from their hosts. */
  readonly receiptSyncEndpoints?: readonly string[] | null | undefined;
  readonly quorumThreshold?: number | null | undefined;
}

/** The legacy configuration in snake_case, as in the old sidecar's file. */
export interface SnakeCaseRegionConfig {
  readonly region?: string | null | undefined;
  readonly primary_region?: string | null | undefined;
  readonly cross_region_sync_enabled?: boolean | null | undefined;
  readonly receipt_sync_endpoints?: readonly string[] | null | undefined;
  readonly quorum_threshold?: number | null | undefined;
}

/** A configuration in the present form, and how it came from the old one. */
export interface LegacyConversion {
  readonly input: unknown;
  /** Whether the ids of the regions were made from endpoints. */
  readonly aliases: boolean;
  /** Problems that only the old form can have. */
  readonly problems: readonly ConfigProblem[];
  /** Where in the old form a path of the present form was written. */
  readonly writtenPath: (path: string) => string;
}

const endpointsKey = "receiptSyncEndpoints";
const snakeCaseKeys: ReadonlyMap<string, string> = new Map([
  ["primary_region", "primaryRegion"],
  ["cross_region_sync_enabled", "crossRegionSyncEnabled"],
  ["receipt_sync_endpoints", endpointsKey],
  ["quorum_threshold", "quorumThreshold"],
]);

/** The snake_case spelling that the legacy form has for a key, if it has one. */
export function legacyKeyOf(key: string): string | undefined {
  return [...snakeCaseKeys].find(([, camelCase]) => camelCase === key)?.[0];
}

/** Converts the legacy form; undefined when `input` has none of the old keys. */
export function convertRegionConfig(input: unknown): LegacyConversion | undefined {
  const written = fieldsOf(input);
  if (!Object.keys(written).some((key) => key === endpointsKey || snakeCaseKeys.has(key))) return undefined;
  const problems: ConfigProblem[] = [];
  const fields: Record<string, unknown> = {};
  const writtenKeys = new Map<string, string>();
  for (const [key, value] of Object.entries(written)) {
    const camelCase = snakeCaseKeys.get(key) ?? key;
    if (value === null && (camelCase === "region" || legacyKeyOf(camelCase) !== undefined)) continue;
    const twin = writtenKeys.get(camelCase);
    if (twin !== undefined) problems.push({ path: key, message: `Give either ${twin} or ${key}, not both` });
    writtenKeys.set(camelCase, key);
    fields[camelCase] = value;
  }
  const { [endpointsKey]: endpoints, ...present } = fields;
  const endpointsPath = writtenKeys.get(endpointsKey) ?? endpointsKey;
  if (endpoints !== undefined && present["regions"] !== undefined) {
    problems.push({ path: endpointsPath, message: `Give either regions or ${endpointsPath}, not both` });
  }
  const converted =
    endpoints === undefined ? present : { ...present, regions: toRegions(endpoints, present["region"]) };
  return {
    input: converted,
    aliases: endpoints !== undefined,
    problems,
    writtenPath: (path) => writtenPath(path, endpoints === undefined ? undefined : endpointsPath, writtenKeys),
  };
}

/** What is no list is passed on as it is: the schema says what is wrong with it. */
function toRegions(endpoints: unknown, localRegion: unknown): unknown {
  if (!Array.isArray(endpoints)) return endpoints;
  const taken = new Set<unknown>([localRegion ?? "us-east-1"]);
  return endpoints.map((endpoint: unknown, index) => {
    const regionId = unusedId(idFromEndpoint(endpoint) ?? `endpoint-${index + 1}`, taken);
    taken.add(regionId);
    return { regionId, endpoint };
  });
}

function idFromEndpoint(endpoint: unknown): string | undefined {
  const parsed = typeof endpoint === "string" ? parseEndpoint(endpoint) : undefined;
  if (parsed?.kind !== "parsed") return undefined;
  const isAddress = parsed.hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(parsed.hostname);
  return isAddress ? parsed.host : parsed.hostname.split(".")[0];
}

function unusedId(wanted: string, taken: ReadonlySet<unknown>): string {
  let id = wanted;
  for (let count = 2; taken.has(id); count++) id = `${wanted}-${count}`;
  return id;
}

function writtenPath(
  path: string,
  endpointsPath: string | undefined,
  writtenKeys: ReadonlyMap<string, string>,
): string {
  const region = /^regions(\[\d+\])?/.exec(path);
  if (endpointsPath !== undefined && region !== null) return `${endpointsPath}${region[1] ?? ""}`;
  return writtenKeys.get(path) ?? path;
}
