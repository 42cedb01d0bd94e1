/** A running sidecar: one manager, two servers, and how they end together. */
import type { Config, LogLine, ReceiptStore, StoreError } from "@rsync/core";
import { type ManagerParts, ReceiptSyncManager } from "@rsync/node";
import { httpTransport } from "@rsync/transport-http";
import type { FastifyInstance } from "fastify";
import { appResources } from "./app-api/resources.ts";
import { formatListenAddress, isLoopback } from "./config/listen-address.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { formatStoreLocation } from "./config/store-location.ts";
import { describeFailure } from "./describe-failure.ts";
import { createAppServer } from "./http/create-app-server.ts";
import { createPeerServer } from "./http/create-peer-server.ts";
import { Intake } from "./intake.ts";
import { listen } from "./listen.ts";
import type { Logging } from "./logging.ts";
import { openStore } from "./open-store.ts";
import { version } from "./version.ts";

/** Connections to one region beside those of its lane: questions of verifications and waits. */
const QUESTION_CONNECTIONS = 12;
const WINDOW_DEFAULT = 4;

/** What is left after the drain only has to be written to sockets. */
const CLOSE_MS = 1_000;

export class Sidecar {
  readonly #logging: Logging;
  readonly #manager: ReceiptSyncManager;
  readonly #servers: readonly FastifyInstance[];
  readonly #intake: Intake;
  readonly #inForce: { config: SidecarConfig };
  /** Resolves when the own store can acknowledge nothing more. */
  readonly storeFailed: Promise<StoreError>;

  private constructor(
    logging: Logging,
    manager: ReceiptSyncManager,
    intake: Intake,
    servers: readonly FastifyInstance[],
    inForce: { config: SidecarConfig },
    storeFailed: Promise<StoreError>,
  ) {
    this.#logging = logging;
    this.#manager = manager;
    this.#intake = intake;
    this.#servers = servers;
    this.#inForce = inForce;
    this.storeFailed = storeFailed;
  }

  /** Rejects with `StartError`, `StoreError` or `StillOwedError`; then nothing is left open. */
  static async start(config: SidecarConfig, logging: Logging, workerUrl: URL): Promise<Sidecar> {
    const { sync, store: location } = config;
    const store = await openStore(location, sync.region, workerUrl, logging.log);
    const inForce = { config };
    const manager = await createManager(sync, store, logging, inForce);
    let failure: StoreError | undefined;
    const storeFailed = new Promise<StoreError>((resolve) => {
      manager.on("storeFailed", (error) => {
        failure = error;
        resolve(error);
      });
    });
    const intake = new Intake();
    const resources = appResources({
      manager,
      intake,
      log: logging.log,
      storeLocation: formatStoreLocation(location),
      storeFailure: () => failure?.message,
    });
    const peer = createPeerServer(manager.receiver);
    const app = createAppServer(resources, logging.log);
    try {
      const peerUrl = await listen(peer, "listen.peer", config.listen.peer);
      const appUrl = await listen(app, "listen.app", config.listen.app);
      logging.announce(readyLine(sync.region, appUrl, peerUrl));
    } catch (error) {
      await Promise.all([app.close(), peer.close()]);
      await manager.close({ drainMs: 0 });
      throw error;
    }
    return new Sidecar(logging, manager, intake, [app, peer], inForce, storeFailed);
  }

  /** Puts another configuration into force, as far as that is possible without a restart. Never rejects. */
  async reload(next: SidecarConfig): Promise<void> {
    const { log, announce, reconfigure } = this.#logging;
    const before = this.#inForce.config;
    this.#inForce.config = next;
    reconfigure(next.log);
    try {
      await this.#manager.reconfigure(next.sync, { abandon: next.abandon });
    } catch (error) {
      this.#inForce.config = before;
      reconfigure(before.log);
      log(line("error", `The new configuration is refused, the old one stays: ${describeFailure(error)}`));
      return;
    }
    for (const key of keysThatNeedRestart(before, next)) {
      log(line("warn", `${key} has changed: it takes effect at the next start`, { key }));
    }
    announce(line("info", "configuration reloaded"));
  }

  /** Takes nothing more, lets what is under way finish within the limit, keeps the rest in the log, and closes everything. */
  async drain(): Promise<void> {
    const { drainTimeoutMs } = this.#inForce.config;
    this.#logging.announce(line("info", "draining", { drainTimeoutMs }));
    const startedMs = performance.now();
    const [, peer] = this.#servers;
    const peerClosed = peer?.close();
    await within(drainTimeoutMs, this.#intake.stop());
    const leftMs = Math.max(0, drainTimeoutMs - (performance.now() - startedMs));
    await this.#manager.close({ drainMs: leftMs });
    await within(CLOSE_MS, Promise.all([peerClosed, ...this.#servers.map((server) => server.close())]));
    this.#logging.announce(line("info", "stopped"));
  }

  /** After the store failed: answers what is under way with that, and closes what can be closed. */
  async abandon(): Promise<void> {
    void this.#intake.stop();
    await within(CLOSE_MS, Promise.all(this.#servers.map((server) => server.close())));
    await within(CLOSE_MS, this.#manager.close({ drainMs: 0 }));
  }
}

/** What a sidecar is about to do, before it opens anything. */
export function startingLines({ sync, listen, store, insecure }: SidecarConfig): readonly LogLine[] {
  const app = formatListenAddress(listen.app);
  const peer = formatListenAddress(listen.peer);
  const location = formatStoreLocation(store);
  const message = `Receipt sidecar ${version} of region ${sync.region}: app on ${app}, peers on ${peer}, store ${location}`;
  const lines = [line("info", message, { region: sync.region, app, peer, store: location, version })];
  for (const [key, address] of [
    ["listen.app", listen.app],
    ["listen.peer", listen.peer],
  ] as const) {
    if (isLoopback(address)) continue;
    const text = `${key} is ${formatListenAddress(address)}: other machines can reach it, and nothing authenticates them`;
    lines.push(line("warn", text, { key, insecure }));
  }
  return lines;
}

async function createManager(
  sync: Config,
  store: ReceiptStore,
  logging: Logging,
  inForce: { readonly config: SidecarConfig },
): Promise<ReceiptSyncManager> {
  const { lanes, abandon } = inForce.config;
  const parts: ManagerParts = {
    store,
    transport: httpTransport({ connectionsMax: (lanes.windowMax ?? WINDOW_DEFAULT) + QUESTION_CONNECTIONS }),
    logger: logging.log,
    // Looked at again at each reload.
    get receiptLogger() {
      return logging.logReceipt();
    },
    get laneLimits() {
      return inForce.config.lanes;
    },
    abandon,
  };
  try {
    return await ReceiptSyncManager.create(sync, parts);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The parent of a sidecar on port 0 learns from this line where it listens. */
function readyLine(region: string, app: string, peer: string): LogLine {
  return line("info", "ready", { region, app, peer });
}

function keysThatNeedRestart(before: SidecarConfig, next: SidecarConfig): readonly string[] {
  const fixed = ({ listen, store, log }: SidecarConfig): Readonly<Record<string, string>> => ({
    "listen.app": formatListenAddress(listen.app),
    "listen.peer": formatListenAddress(listen.peer),
    store: formatStoreLocation(store),
    "log.format": log.format,
  });
  const old = fixed(before);
  return Object.entries(fixed(next)).flatMap(([key, value]) => (value === old[key] ? [] : [key]));
}

function line(level: LogLine["level"], message: string, fields: LogLine["fields"] = {}): LogLine {
  return { level, message, fields };
}

/** Waits for the work at most so long. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
