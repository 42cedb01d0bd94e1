/** What of a configuration is right by itself, whatever else is wrong with it. */
import type { z } from "zod";
import type { QuorumInput } from "./config.ts";
import { configShape, regionShape } from "./schema.ts";

/** A region of a draft; undefined is a value that is wrong or, for the zone, absent. */
export interface DraftRegion {
  readonly regionId: string | undefined;
  readonly endpoint: string | undefined;
  readonly weight: number | undefined;
  readonly zone: string | undefined;
}

/** The values that rules between keys look at, defaulted; undefined is a value that is wrong or absent without default. */
export interface DraftConfig {
  readonly region: string | undefined;
  readonly crossRegionSyncEnabled: boolean | undefined;
  readonly regions: readonly DraftRegion[] | undefined;
  readonly localZone: string | undefined;
  readonly localWeight: number | undefined;
  readonly quorumThreshold: number | undefined;
  readonly quorum: QuorumInput | undefined;
  readonly retryBackoffInitialMs: number | undefined;
  readonly retryBackoffMaxMs: number | undefined;
  /** The keys that were written, right or wrong. */
  readonly given: ReadonlySet<string>;
}

/** Reads each key on its own. Never throws, whatever `input` is. */
export function readDraft(input: unknown): DraftConfig {
  const fields = fieldsOf(input);
  const regions = fields["regions"] ?? [];
  return {
    region: readValue(configShape.region, fields["region"]),
    crossRegionSyncEnabled: readValue(configShape.crossRegionSyncEnabled, fields["crossRegionSyncEnabled"]),
    regions: Array.isArray(regions) ? regions.map(readDraftRegion) : undefined,
    localZone: readValue(configShape.localZone, fields["localZone"]),
    localWeight: readValue(configShape.localWeight, fields["localWeight"]),
    quorumThreshold: readValue(configShape.quorumThreshold, fields["quorumThreshold"]),
    quorum: readValue(configShape.quorum, fields["quorum"]),
    retryBackoffInitialMs: readValue(configShape.retryBackoffInitial, fields["retryBackoffInitial"]),
    retryBackoffMaxMs: readValue(configShape.retryBackoffMax, fields["retryBackoffMax"]),
    given: new Set(Object.keys(fields).filter((key) => fields[key] !== undefined)),
  };
}

function readDraftRegion(input: unknown): DraftRegion {
  const fields = fieldsOf(input);
  return {
    regionId: readValue(regionShape.regionId, fields["regionId"]),
    endpoint: readValue(regionShape.endpoint, fields["endpoint"]),
    weight: readValue(regionShape.weight, fields["weight"]),
    zone: readValue(regionShape.zone, fields["zone"]),
  };
}

/** The value's own keys; none for what is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function readValue<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}
