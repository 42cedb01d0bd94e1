/** The sidecar's own keys: which there are, their variables, and what they mean. */
import { resolve } from "node:path";
import { BATCH_BYTES_MAX, BATCH_RECEIPTS_MAX, type ConfigProblem, type EnvironmentVariable } from "@rsync/core";
import { KeyReader } from "./key-reader.ts";
import { formatListenAddress, isLoopback, type ListenAddress, parseListenAddress } from "./listen-address.ts";
import type { OwnConfig } from "./sidecar-config.ts";
import { parseStoreLocation, type StoreLocation } from "./store-location.ts";

const drainTimeoutMsDefault = 10_000;
/** More requests at once to one region help nobody: each carries a receipt, and the region commits them together. */
const windowMaxMax = 256;
const bytesMax = 1024 ** 3;
const intakeReceiptsMaxDefault = 16_384;
const intakeBytesMaxDefault = 32 * 1024 ** 2;
/** A log with less room holds next to nothing; most likely another unit was meant. */
const storeBytesMin = 1024 ** 2;

const laneKeys = [
  "windowMax",
  "singlesWindowMax",
  "requestsInFlightMax",
  "batchReceiptsMax",
  "batchBytesMax",
  "queuedReceiptsMax",
  "queuedBytesMax",
  "readRowsMax",
  "cooldownInitial",
  "cooldownMax",
  "pauseProbe",
] as const;

/** Keys at the top of a configuration that are not those of core. */
export const ownKeys: readonly string[] = [
  "listen",
  "store",
  "storeBytesMax",
  "log",
  "insecure",
  "abandon",
  "drainTimeout",
  "lanes",
  "intake",
  "recentReceiptsMax",
];

/** The variable of each of them. */
export const ownVariables: readonly EnvironmentVariable[] = [
  { name: "RSYNC_LISTEN_APP", path: ["listen", "app"], form: "text" },
  { name: "RSYNC_LISTEN_PEER", path: ["listen", "peer"], form: "text" },
  { name: "RSYNC_STORE", path: ["store"], form: "text" },
  { name: "RSYNC_STORE_BYTES_MAX", path: ["storeBytesMax"], form: "number" },
  { name: "RSYNC_LOG_LEVEL", path: ["log", "level"], form: "text" },
  { name: "RSYNC_LOG_FORMAT", path: ["log", "format"], form: "text" },
  { name: "RSYNC_LOG_RECEIPTS", path: ["log", "receipts"], form: "boolean" },
  { name: "RSYNC_INSECURE", path: ["insecure"], form: "boolean" },
  { name: "RSYNC_ABANDON", path: ["abandon"], form: "json" },
  { name: "RSYNC_DRAIN_TIMEOUT", path: ["drainTimeout"], form: "duration" },
  { name: "RSYNC_LANES", path: ["lanes"], form: "json" },
  { name: "RSYNC_INTAKE", path: ["intake"], form: "json" },
  { name: "RSYNC_RECENT_RECEIPTS_MAX", path: ["recentReceiptsMax"], form: "number" },
];

/** Reads them, defaulted; what is wrong has its default here and stands among the problems. */
export function readOwnKeys(input: unknown): {
  readonly own: OwnConfig;
  readonly problems: readonly ConfigProblem[];
} {
  const reader = new KeyReader(input);
  const listen = reader.object("listen", ["app", "peer"]);
  const log = reader.object("log", ["level", "format", "receipts"]);
  const insecure = reader.flag("insecure");
  const app = listenAddress(listen, "app", { host: "127.0.0.1", port: 7400 });
  const peer = listenAddress(listen, "peer", { host: "127.0.0.1", port: 7401 });
  if (!insecure && !isLoopback(peer)) {
    listen.report(
      "peer",
      `is ${formatListenAddress(peer)}, which other machines can reach, and nothing authenticates them: keep it on loopback behind a proxy that does, or say "insecure: true"`,
    );
  }
  if (app.port !== 0 && app.port === peer.port && app.host === peer.host) {
    listen.report("peer", `is ${formatListenAddress(peer)}, and so is listen.app: each needs a port of its own`);
  }
  const own: OwnConfig = {
    listen: { app, peer },
    store: storeLocation(reader),
    storeBytesMax: reader.wholeNumber("storeBytesMax", { min: storeBytesMin, max: Number.MAX_SAFE_INTEGER }),
    log: {
      level: log.oneOf("level", "info", ["debug", "info", "warn", "error"]),
      format: log.oneOf("format", "json", ["json", "text"]),
      receipts: log.flag("receipts"),
    },
    insecure,
    abandon: reader.texts("abandon"),
    drainTimeoutMs: reader.duration("drainTimeout") ?? drainTimeoutMsDefault,
    lanes: laneLimits(reader.object("lanes", laneKeys)),
    intake: intakeLimits(reader.object("intake", ["receiptsMax", "bytesMax"])),
    recentReceiptsMax: reader.wholeNumber("recentReceiptsMax", { min: 0, max: 10_000_000 }),
  };
  return { own, problems: reader.problems };
}

function listenAddress(listen: KeyReader, key: "app" | "peer", fallback: ListenAddress): ListenAddress {
  return listen.parsed(key, fallback, (value) => {
    const parsed = parseListenAddress(value);
    return parsed.kind === "parsed" ? { value: parsed.address } : { message: parsed.message };
  });
}

function storeLocation(reader: KeyReader): StoreLocation {
  const inWorkingDirectory: StoreLocation = { kind: "sqlite", path: resolve("receipts.db") };
  return reader.parsed<StoreLocation>("store", inWorkingDirectory, (value) => {
    const parsed = parseStoreLocation(value);
    return parsed.kind === "parsed" ? { value: parsed.location } : { message: parsed.message };
  });
}

function intakeLimits(intake: KeyReader): OwnConfig["intake"] {
  return {
    receiptsMax: intake.wholeNumber("receiptsMax", { min: 1, max: 10_000_000 }) ?? intakeReceiptsMaxDefault,
    bytesMax: intake.wholeNumber("bytesMax", { min: 64 * 1024, max: bytesMax }) ?? intakeBytesMaxDefault,
  };
}

function laneLimits(lanes: KeyReader): OwnConfig["lanes"] {
  const written = {
    windowMax: lanes.wholeNumber("windowMax", { min: 1, max: windowMaxMax }),
    singlesWindowMax: lanes.wholeNumber("singlesWindowMax", { min: 1, max: windowMaxMax }),
    requestsInFlightMax: lanes.wholeNumber("requestsInFlightMax", { min: 1, max: 100_000 }),
    batchReceiptsMax: lanes.wholeNumber("batchReceiptsMax", { min: 1, max: BATCH_RECEIPTS_MAX }),
    batchBytesMax: lanes.wholeNumber("batchBytesMax", { min: 16 * 1024, max: BATCH_BYTES_MAX }),
    queuedReceiptsMax: lanes.wholeNumber("queuedReceiptsMax", { min: 1, max: 10_000_000 }),
    queuedBytesMax: lanes.wholeNumber("queuedBytesMax", { min: 64 * 1024, max: bytesMax }),
    readRowsMax: lanes.wholeNumber("readRowsMax", { min: 1, max: 10_000 }),
    cooldownInitialMs: lanes.duration("cooldownInitial"),
    cooldownMaxMs: lanes.duration("cooldownMax"),
    pauseProbeMs: lanes.duration("pauseProbe"),
  };
  const { cooldownInitialMs, cooldownMaxMs } = written;
  if (cooldownInitialMs !== undefined && cooldownMaxMs !== undefined && cooldownInitialMs > cooldownMaxMs) {
    lanes.report("cooldownInitial", "must not be longer than lanes.cooldownMax");
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}
