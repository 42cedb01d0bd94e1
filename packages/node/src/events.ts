import { EventEmitter } from "node:events";
import type { Logger, StoreError } from "@rsync/core";
import * as lines from "./log-lines.ts";
import type { SyncResult } from "./sync-result.ts";

/** What a manager tells whoever listens. Receipt by receipt there are only `synced`, `buried` and `conflict`. */
export interface ManagerEventMap {
  /** A wait of `syncReceipt` ended. Not told where nobody was waited for: sync is disabled, or the local region refused it. */
  synced: [result: SyncResult];
  /**
   * A receipt lies in a region's dead letters: the region refused it, or it is `poison`, which the region never answered well while
   * it was well otherwise, and which is tried again every hour.
   */
  buried: [
    event: {
      readonly regionId: string;
      readonly receiptId: string;
      readonly digest: string;
      readonly kind: "refused" | "poison";
    },
  ];
  /** Other content was offered under an id that this region holds. Both are kept. */
  conflict: [event: { readonly receiptId: string; readonly heldDigest: string; readonly offeredDigest: string }];
  regionAvailable: [event: { readonly regionId: string }];
  regionUnavailable: [event: { readonly regionId: string; readonly failureCount: number }];
  /** Nothing but a person will help: wrong credentials, a wrong region or store behind the endpoint. */
  regionPaused: [event: { readonly regionId: string; readonly reason: string }];
  /** Another store answers for a region; it is sent everything again. */
  storeReplaced: [event: { readonly regionId: string; readonly before: string; readonly after: string }];
  /** A replaced store still answers for a region. */
  storeSplit: [event: { readonly regionId: string; readonly current: string }];
  /** The own store does not vote until it is complete or an operator accepts the loss. */
  refilling: [event: { readonly reason: "rolledBack" | "replaced"; readonly peer: string }];
  /** The own store can acknowledge nothing more in this process. */
  storeFailed: [error: StoreError];
}

type Listener<Name extends keyof ManagerEventMap> = (...event: ManagerEventMap[Name]) => void;

/** The typed events of one manager. A listener that throws is logged and harms nothing. */
export class ManagerEvents {
  readonly #emitter = new EventEmitter();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#emitter.setMaxListeners(0);
  }

  /** Calls `listener` at each such event; the returned function ends that. */
  on<Name extends keyof ManagerEventMap>(name: Name, listener: Listener<Name>): () => void {
    const guarded = (...event: ManagerEventMap[Name]): void => {
      try {
        listener(...event);
      } catch (error) {
        this.#logger(lines.listenerThrew(name, String(error)));
      }
    };
    this.#emitter.on(name, guarded);
    return () => this.#emitter.off(name, guarded);
  }

  emit<Name extends keyof ManagerEventMap>(name: Name, ...event: ManagerEventMap[Name]): void {
    this.#emitter.emit(name, ...event);
  }
}
