import { configJsonSchema } from "@rsync/core";

const duration = { type: ["integer", "string"], description: 'Milliseconds, or a text such as "500ms", "5s", "1m".' };
const listener = (port: number) => ({ type: "string", default: `127.0.0.1:${port}`, description: "host:port" });
const count = { type: "integer", minimum: 1 };

/** The keys that the sidecar's file has beside core's. Its own check (`config check`) decides; this helps while typing. */
const sidecarKeys = {
  listen: {
    type: "object",
    additionalProperties: false,
    properties: { app: listener(7400), peer: listener(7401) },
    description: "Services and operators use the app listener, other regions the peer listener.",
  },
  store: {
    type: "string",
    default: "sqlite:receipts.db",
    pattern: "^(sqlite:.+|memory:)$",
    description: "The receipt log: sqlite:PATH, or memory: for trials.",
  },
  storeBytesMax: {
    type: "integer",
    minimum: 1_048_576,
    description: "Bytes that the log file may grow to; default as large as the disk.",
  },
  log: {
    type: "object",
    additionalProperties: false,
    properties: {
      level: { enum: ["debug", "info", "warn", "error"], default: "info" },
      format: { enum: ["json", "text"], default: "json" },
      receipts: { type: "boolean", default: false, description: "Lines about single receipts, which cost much." },
    },
  },
  insecure: {
    type: "boolean",
    default: false,
    description: "Lets the peer listener bind beyond loopback without authentication.",
  },
  abandon: {
    type: "array",
    items: { type: "string" },
    default: [],
    description: "Regions left out although they are still owed receipts.",
  },
  drainTimeout: { ...duration, default: "10s" },
  lanes: {
    type: "object",
    additionalProperties: false,
    properties: {
      windowMax: count,
      singlesWindowMax: count,
      requestsInFlightMax: count,
      batchReceiptsMax: count,
      batchBytesMax: count,
      queuedReceiptsMax: count,
      queuedBytesMax: count,
      readRowsMax: count,
      cooldownInitial: duration,
      cooldownMax: duration,
      pauseProbe: duration,
    },
    description: "Limits of delivery to one region.",
  },
  intake: {
    type: "object",
    additionalProperties: false,
    properties: { receiptsMax: count, bytesMax: count },
    description: "Receipts under way at once, and bytes of their ids and hashes; beyond them 503.",
  },
  recentReceiptsMax: {
    type: "integer",
    minimum: 0,
    default: 10_000,
    description: "Receipts remembered as committed, to answer the same submission again at once.",
  },
};

/** JSON Schema of the file that `receipt-sidecar --config` reads. */
export function configFileSchema(): Readonly<Record<string, unknown>> {
  const schema = configJsonSchema();
  const properties = typeof schema["properties"] === "object" ? schema["properties"] : {};
  return { ...schema, title: "Receipt Sync sidecar", properties: { ...properties, ...sidecarKeys } };
}
