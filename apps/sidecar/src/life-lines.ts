/** The lines about the life of the process itself. What it does while it lives, `@rsync/node` tells. */
import type { LogLine } from "@rsync/core";
import { formatListenAddress, isLoopback } from "./config/listen-address.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { formatStoreLocation } from "./config/store-location.ts";
import type { Logging } from "./logging.ts";
import { version } from "./version.ts";

function line(level: LogLine["level"], message: string, fields: LogLine["fields"] = {}): LogLine {
  return { level, message, fields };
}

/** The first line, before anything is opened; and a warning for each listener that other machines can reach. */
export function sayStarting({ sync, listen, store }: SidecarConfig, { announce, log }: Logging): void {
  const app = formatListenAddress(listen.app);
  const peer = formatListenAddress(listen.peer);
  const location = formatStoreLocation(store);
  const message = `Receipt sidecar ${version} of region ${sync.region}: app on ${app}, peers on ${peer}, store ${location}`;
  announce(line("info", message, { region: sync.region, app, peer, store: location, version }));
  if (!isLoopback(listen.app)) log(exposed("listen.app", app));
  if (!isLoopback(listen.peer)) log(exposed("listen.peer", peer));
}

const exposed = (key: string, address: string): LogLine =>
  line("warn", `${key} is ${address}: other machines can reach it, and nothing authenticates them`, { key, address });

/** Whoever started the process with port 0 learns from this line where it listens. */
export const ready = (region: string, app: string, peer: string): LogLine =>
  line("info", "ready", { region, app, peer });

export const reloaded = (): LogLine => line("info", "configuration reloaded");

export const reloadRefused = (reason: string): LogLine =>
  line("error", `The new configuration is refused, the old one stays: ${reason}`);

export const needsRestart = (key: string): LogLine =>
  line("warn", `${key} has changed: it takes effect at the next start`, { key });

export const draining = (drainTimeoutMs: number): LogLine => line("info", "draining", { drainTimeoutMs });

export const stopped = (): LogLine => line("info", "stopped");

export const storeFailed = (reason: string, kind: string): LogLine =>
  line("error", `The store failed, nothing more is acknowledged: ${reason}`, { kind });

export const memoryGivenBack = (beforeBytes: number, afterBytes: number): LogLine =>
  line("debug", `Calm after a burst: the heap went from ${mebibytes(beforeBytes)} to ${mebibytes(afterBytes)} MiB`, {
    beforeBytes,
    afterBytes,
  });

export const memoryKept = (reason: string): LogLine =>
  line("debug", `Memory of a burst can not be given back: ${reason}`);

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

export const internalMistake = (reason: string, stack: string | undefined): LogLine =>
  line("error", `Internal error: ${reason}`, { stack });
