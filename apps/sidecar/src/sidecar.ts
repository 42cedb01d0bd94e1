/** A running sidecar: one manager, two servers, and how they end together. */
import type { ReceiptStore, StoreError } from "@rsync/core";
import { ReceiptSyncManager } from "@rsync/node";
import { httpTransport } from "@rsync/transport-http";
import type { FastifyInstance } from "fastify";
import { appResources } from "./app-api/resources.ts";
import { keysThatNeedRestart, laneWindow } from "./config/keys-that-need-restart.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { formatStoreLocation } from "./config/store-location.ts";
import { describeFailure } from "./describe-failure.ts";
import { createAppServer } from "./http/create-app-server.ts";
import { createPeerServer } from "./http/create-peer-server.ts";
import { Intake, intakeLimits } from "./intake.ts";
import * as lines from "./life-lines.ts";
import { listen } from "./listen.ts";
import type { Logging } from "./logging.ts";

/** Connections to one region beside those of its lane: for the questions of verifications and waits. */
const QUESTION_CONNECTIONS = 12;

/** What is left after the drain only has to be written to sockets. */
const CLOSE_MS = 1_000;

/** The configuration in force; a reload puts another one in its place. */
interface InForce {
  config: SidecarConfig;
}

export class Sidecar {
  readonly #logging: Logging;
  /** Some keys have the values of the start for as long as the process runs. */
  readonly #started: SidecarConfig;
  readonly #inForce: InForce;
  readonly #manager: ReceiptSyncManager;
  readonly #intake: Intake;
  readonly #app: FastifyInstance;
  readonly #peer: FastifyInstance;
  /** Resolves when the own store can acknowledge nothing more. */
  readonly storeFailed: Promise<StoreError>;

  private constructor(inForce: InForce, logging: Logging, manager: ReceiptSyncManager, store: ReceiptStore) {
    this.#started = inForce.config;
    this.#inForce = inForce;
    this.#logging = logging;
    this.#manager = manager;
    this.#intake = new Intake(intakeLimits(inForce.config.intake.receiptsMax));
    // Not the manager's event: that may have come before anybody could listen.
    this.storeFailed = store.failure;
    let failure: StoreError | undefined;
    void store.failure.then((error) => {
      failure = error;
    });
    const resources = appResources({
      manager,
      intake: this.#intake,
      log: logging.log,
      storeLocation: formatStoreLocation(inForce.config.store),
      storeFailure: () => failure?.message,
    });
    this.#app = createAppServer(resources, logging.log, inForce.config.listen.app);
    this.#peer = createPeerServer(manager.receiver, logging.log);
  }

  /** Takes over the store. Rejects with `StartError`, `StoreError` or `StillOwedError`; then nothing is left open. */
  static async start(config: SidecarConfig, logging: Logging, store: ReceiptStore): Promise<Sidecar> {
    const inForce: InForce = { config };
    const manager = await startManager(inForce, logging, store);
    const sidecar = new Sidecar(inForce, logging, manager, store);
    try {
      const peer = await listen(sidecar.#peer, "listen.peer", config.listen.peer);
      const app = await listen(sidecar.#app, "listen.app", config.listen.app);
      logging.announce(lines.ready(config.sync.region, app, peer));
    } catch (error) {
      await sidecar.giveUp();
      throw error;
    }
    return sidecar;
  }

  /** Puts another configuration into force, as far as that is possible without a restart. Never rejects. */
  async reload(next: SidecarConfig): Promise<void> {
    const { log, announce, reconfigure } = this.#logging;
    const before = this.#inForce.config;
    // First, because the manager looks at both while it takes the new configuration.
    this.#inForce.config = next;
    reconfigure(next.log);
    try {
      await this.#manager.reconfigure(next.sync, { abandon: next.abandon });
    } catch (error) {
      this.#inForce.config = before;
      reconfigure(before.log);
      log(lines.reloadRefused(describeFailure(error)));
      return;
    }
    for (const key of keysThatNeedRestart(this.#started, next)) log(lines.needsRestart(key));
    announce(lines.reloaded());
  }

  /** Takes nothing more, lets what is under way finish within the limit, keeps the rest in the log, and closes everything. */
  async drain(): Promise<void> {
    const { drainTimeoutMs } = this.#inForce.config;
    this.#logging.announce(lines.draining(drainTimeoutMs));
    const startedMs = performance.now();
    const peerClosed = this.#peer.close();
    await within(drainTimeoutMs, this.#intake.stop());
    await this.#manager.close({ drainMs: Math.max(0, drainTimeoutMs - (performance.now() - startedMs)) });
    await within(CLOSE_MS, Promise.all([peerClosed, this.#app.close()]));
    this.#logging.announce(lines.stopped());
  }

  /** Ends without a drain: what is under way is answered with whatever became of it. */
  async giveUp(): Promise<void> {
    void this.#intake.stop();
    await within(CLOSE_MS, this.#manager.close({ drainMs: 0 }));
    await within(CLOSE_MS, Promise.all([this.#app.close(), this.#peer.close()]));
  }
}

async function startManager(inForce: InForce, logging: Logging, store: ReceiptStore): Promise<ReceiptSyncManager> {
  const { sync, abandon } = inForce.config;
  try {
    return await ReceiptSyncManager.create(sync, {
      store,
      transport: httpTransport({ connectionsMax: laneWindow(inForce.config) + QUESTION_CONNECTIONS }),
      logger: logging.log,
      // Looked at again at each reload.
      get receiptLogger() {
        return logging.logReceipt();
      },
      get laneLimits() {
        return inForce.config.lanes;
      },
      get intakeLimits() {
        // Receipts are counted by the sidecar's own intake, from before a body is read until it is answered, and only there.
        return { receiptsMax: Number.POSITIVE_INFINITY, bytesMax: inForce.config.intake.bytesMax };
      },
      recentReceiptsMax: inForce.config.recentReceiptsMax,
      abandon,
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Waits for the work at most so long. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
