/**
 * Which values may each key of the configuration have? One zod schema, key by key.
 *
 * Rules between keys stand in `check-relations.ts`. Messages follow the seeds to the letter where they have one; the
 * words "for region X" are added where the problem is reported, as only there the whole region is known.
 */
import { z } from "zod";
import { REGION_ID_CHARS_MAX, REGION_ID_FORM } from "../evidence/region-id.ts";
import { parseDuration } from "./duration.ts";
import { parseEndpoint } from "./endpoint.ts";

/** `quorumThreshold` when neither it nor `quorum` was written: the local region alone. */
export const quorumThresholdDefault = 1;

const weightMax = 1_000_000;
const retriesMax = 1_000;

/** `isRegionId`, rule by rule, so that each has its message. */
function regionId(emptyMessage: string) {
  const missing = (issue: { readonly input?: unknown }) => (issue.input === undefined ? emptyMessage : undefined);
  return z
    .string({ error: missing })
    .min(1, emptyMessage)
    .max(REGION_ID_CHARS_MAX, `A region's id must be at most ${REGION_ID_CHARS_MAX} characters long`)
    .regex(REGION_ID_FORM, "A region's id must not hold control characters or half of a surrogate pair");
}

function duration(name: string) {
  return z
    .union([z.number(), z.string()], { error: `${name} must be milliseconds or a text such as "500ms", "5s", "1m"` })
    .transform((value, context) => {
      const parsed = parseDuration(value);
      if (parsed.kind === "parsed") return parsed.ms;
      context.issues.push({ code: "custom", message: `${name} ${parsed.message}`, input: value });
      return z.NEVER;
    });
}

function wholeNumber(name: string, range: { min: number; max: number; minMessage: string }) {
  return z
    .int({ error: `${name} must be a whole number` })
    .min(range.min, range.minMessage)
    .max(range.max, `${name} must be at most ${range.max}`);
}

const weight = wholeNumber("Weight", {
  min: 0,
  max: weightMax,
  minMessage: "Weight must be at least 0 (0 is an observer)",
});
const zone = z.string().min(1, "Zone cannot be empty: leave the key out").max(128);
const threshold = wholeNumber("Quorum threshold", {
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  minMessage: "Quorum threshold must be at least 1",
});

const groupWeight = wholeNumber("Weight", {
  min: 1,
  max: weightMax,
  minMessage: "Weight in a group must be at least 1: leave the region out instead",
});
const quorumMember = z.strictObject({ region: regionId("Region ID cannot be empty"), weight: groupWeight.optional() });
const quorumGroup = z.strictObject({
  threshold,
  get of(): z.ZodArray<z.ZodUnion<readonly [typeof quorumMember, typeof quorumGroup]>> {
    return z.array(z.union([quorumMember, quorumGroup])).min(1, "A group needs at least one region");
  },
  weight: groupWeight.optional(),
  label: z.string().min(1).max(128).optional(),
});
const quorumZones = z.strictObject({
  threshold,
  minZones: wholeNumber("minZones", { min: 1, max: 1_000, minMessage: "minZones must be at least 1" }),
});

/** What may stand under `quorum`. */
export const quorumSchema = z.union([z.enum(["majority", "all"]), quorumZones, quorumGroup], {
  error: 'quorum must be "majority", "all", { threshold, minZones } or { threshold, of: [...] }',
});

/** The keys of one region. */
export const regionShape = {
  regionId: regionId("Region ID cannot be empty").describe("Unique; not the local region."),
  endpoint: z
    .string({ error: (issue) => (issue.input === undefined ? "Endpoint cannot be empty" : undefined) })
    .transform((text, context) => {
      const parsed = parseEndpoint(text);
      if (parsed.kind === "parsed") return parsed.endpoint;
      context.issues.push({ code: "custom", message: parsed.message, input: text });
      return z.NEVER;
    })
    .meta({
      description: "http(s) URL without credentials, query or fragment; a path prefix is kept.",
      format: "uri",
      pattern: "^[hH][tT][tT][pP][sS]?://",
    }),
  timeout: duration("Timeout").prefault("5s").describe("How long one attempt may take."),
  weight: weight.default(1).describe("Votes of the region; 0 is an observer."),
  priority: z
    .int({ error: "Priority must be a whole number" })
    .default(0)
    .describe("Regions hear of a new receipt in this order, lower first; none waits for another."),
  zone: zone.optional().describe("Failure domain for quorum.minZones."),
  protocol: z
    .enum(["auto", "strict"])
    .default("auto")
    .describe("auto: may answer as the seeds do until it first sends our headers; strict: full evidence or no vote."),
};

const regionSchema = z.strictObject(regionShape, {
  error: (issue) =>
    issue.code === "invalid_type" ? "A region must be an object with regionId and endpoint" : undefined,
});

/**
 * The zod shape of the configuration: spread it into an object of your own to describe an app's file that has further
 * keys beside these. Rules between keys are not in it: `parseConfig` checks both.
 */
export const configShape = {
  region: regionId("Region identifier cannot be empty").default("us-east-1").describe("The local region."),
  primaryRegion: regionId("Primary region cannot be empty: leave the key out")
    .optional()
    .describe("The primary region of the deployment."),
  crossRegionSyncEnabled: z.boolean().default(false).describe("When true, at least one region is needed."),
  regions: z.array(regionSchema).default([]).describe("The other regions."),
  localZone: zone.optional().describe("Failure domain of the local region."),
  localWeight: weight.default(1).describe("Votes of the local region."),
  quorumThreshold: threshold
    .optional()
    .describe("Weight that must confirm, local included. Default 1. Not together with quorum."),
  quorum: quorumSchema.optional().describe("A richer rule instead of quorumThreshold."),
  waitFor: z.enum(["quorum", "all"]).default("quorum").describe("What one call waits for."),
  timeout: duration("Timeout").prefault("30s").describe("How long one call waits at most."),
  maxRetries: wholeNumber("Max retries", { min: 1, max: retriesMax, minMessage: "Max retries must be at least 1" })
    .default(3)
    .describe("Retries after the first attempt that one call waits for."),
  retryBackoffInitial: duration("Retry backoff").prefault("1s").describe("Delay before the second attempt; doubles."),
  retryBackoffMax: duration("Retry backoff maximum")
    .optional()
    .describe("Where doubling ends. Default 4s, or retryBackoffInitial where that is longer."),
  retryJitter: z.enum(["none", "full", "equal"]).default("none").describe("How retry delays are spread."),
  requireDurable: z.boolean().default(true).describe("Whether memory-only stores are left out of the count."),
};

/** The whole configuration, key by key; unknown keys are issues. */
export const configSchema = z.strictObject(configShape, {
  error: (issue) => (issue.code === "invalid_type" ? "The configuration must be an object" : undefined),
});
