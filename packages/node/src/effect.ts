/**
 * The manager for Effect programs: a service, and a layer that starts it and closes it with its scope. Interruption ends a
 * wait, never a delivery (I2). Needs `effect` (4.1), which users of the promise API need not install.
 */
import type {
  Config,
  ConfigInput,
  MultiRegionConfig,
  ReceiptInput,
  RegionConfig,
  SnakeCaseRegionConfig,
} from "@rsync/core";
import { ConfigError, StoreError } from "@rsync/core";
import * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import type { AwaitOptions } from "./await-quorum.ts";
import type { SyncOptions } from "./call-options.ts";
import {
  InvalidOptionsError,
  InvalidReceiptError,
  ManagerClosedError,
  OverloadedError,
  ReceiptNotFoundError,
  StillOwedError,
} from "./errors.ts";
import type { Inspection, InspectOptions } from "./inspect.ts";
import { ReceiptSyncManager } from "./manager.ts";
import type { ManagerParts } from "./parts.ts";
import type { RegionReport } from "./region-report.ts";
import type { SyncResult } from "./sync-result.ts";

/** Everything that a call of the manager can fail with, as its own error says it. */
export type SyncFailureReason =
  | InvalidReceiptError
  | InvalidOptionsError
  | OverloadedError
  | ManagerClosedError
  | ReceiptNotFoundError
  | StoreError;

/** A call failed; `reason.kind` tells which way, and its message what to do. */
export class SyncFailure extends Data.TaggedError("SyncFailure")<{ readonly reason: SyncFailureReason }> {
  override get message(): string {
    return this.reason.message;
  }
}

/** The manager could not start: its configuration, what its log still owes, or the store. */
export class StartFailure extends Data.TaggedError("StartFailure")<{
  readonly reason: ConfigError | StillOwedError | StoreError;
}> {
  override get message(): string {
    return this.reason.message;
  }
}

/** {@link ReceiptSyncManager} for Effect programs. Each method promises what the method of the same name there does. */
export class ReceiptSync extends Context.Service<
  ReceiptSync,
  {
    readonly syncReceipt: (
      receipt: ReceiptInput,
      options?: Omit<SyncOptions, "signal">,
    ) => Effect.Effect<SyncResult, SyncFailure>;
    readonly syncReceipts: (
      receipts: readonly ReceiptInput[],
      options?: Omit<SyncOptions, "signal">,
    ) => Effect.Effect<readonly SyncResult[], SyncFailure>;
    readonly awaitQuorum: (
      receiptId: string,
      options?: Omit<AwaitOptions, "signal">,
    ) => Effect.Effect<SyncResult, SyncFailure>;
    readonly verifyQuorum: (
      receiptId: string,
      options?: Omit<InspectOptions, "signal">,
    ) => Effect.Effect<boolean, SyncFailure>;
    readonly inspect: (
      receiptId: string,
      options?: Omit<InspectOptions, "signal">,
    ) => Effect.Effect<Inspection, SyncFailure>;
    readonly getSyncStatus: Effect.Effect<readonly RegionReport[], SyncFailure>;
    readonly getHealthStatus: Effect.Effect<
      readonly [availableRegions: number, totalRegions: number, quorum: boolean],
      SyncFailure
    >;
    /** The manager itself: its receiving side, its events, and what else has no Effect form. */
    readonly manager: ReceiptSyncManager;
  }
>()("@rsync/node/ReceiptSync") {
  /**
   * Starts a manager and closes it, and with it its store and transport, when the layer's scope closes. `parts` is an effect,
   * so that a store can be opened in it.
   */
  static layer<E, R>(
    config: Config | ConfigInput | MultiRegionConfig,
    parts: Effect.Effect<ManagerParts, E, R>,
  ): Layer.Layer<ReceiptSync, E | StartFailure, Exclude<R, Scope.Scope>> {
    return Layer.effect(
      ReceiptSync,
      started(parts, (made) => ReceiptSyncManager.create(config, made)),
    );
  }

  /** The same from the legacy configuration of the seeds. */
  static layerFromRegionConfig<E, R>(
    legacy: RegionConfig | SnakeCaseRegionConfig,
    parts: Effect.Effect<ManagerParts, E, R>,
  ): Layer.Layer<ReceiptSync, E | StartFailure, Exclude<R, Scope.Scope>> {
    return Layer.effect(
      ReceiptSync,
      started(parts, (made) => ReceiptSyncManager.fromRegionConfig(legacy, made)),
    );
  }
}

function started<E, R>(
  parts: Effect.Effect<ManagerParts, E, R>,
  start: (parts: ManagerParts) => Promise<ReceiptSyncManager>,
): Effect.Effect<ReceiptSync["Service"], E | StartFailure, R | Scope.Scope> {
  // A manager that did not start has not taken the store over: nobody else holds it.
  const starting = (made: ManagerParts): Effect.Effect<ReceiptSyncManager, StartFailure> =>
    failing(() => start(made), startFailure).pipe(
      Effect.tapError(() => Effect.promise(() => Promise.all([made.store.close(), made.transport?.close()]))),
    );
  return Effect.map(
    Effect.acquireRelease(Effect.flatMap(parts, starting), (manager) => Effect.promise(() => manager.close())),
    serviceOf,
  );
}

function serviceOf(manager: ReceiptSyncManager): ReceiptSync["Service"] {
  return {
    syncReceipt: (receipt, options) => calling((signal) => manager.syncReceipt(receipt, { ...options, signal })),
    syncReceipts: (receipts, options) => calling((signal) => manager.syncReceipts(receipts, { ...options, signal })),
    awaitQuorum: (receiptId, options) => calling((signal) => manager.awaitQuorum(receiptId, { ...options, signal })),
    verifyQuorum: (receiptId, options) => calling((signal) => manager.verifyQuorum(receiptId, { ...options, signal })),
    inspect: (receiptId, options) => calling((signal) => manager.inspect(receiptId, { ...options, signal })),
    getSyncStatus: calling(() => manager.getSyncStatus()),
    getHealthStatus: calling(() => manager.getHealthStatus()),
    manager,
  };
}

function calling<A>(call: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, SyncFailure> {
  return failing(call, syncFailure);
}

/** What is no failure that the caller could act on is a bug, and dies. */
function failing<A, F>(
  call: (signal: AbortSignal) => Promise<A>,
  failureOf: (error: unknown) => F | undefined,
): Effect.Effect<A, F> {
  return Effect.tryPromise({ try: call, catch: (error) => ({ error, failure: failureOf(error) }) }).pipe(
    Effect.catch(({ error, failure }) => (failure === undefined ? Effect.die(error) : Effect.fail(failure))),
  );
}

function syncFailure(error: unknown): SyncFailure | undefined {
  const known =
    error instanceof InvalidReceiptError ||
    error instanceof InvalidOptionsError ||
    error instanceof OverloadedError ||
    error instanceof ManagerClosedError ||
    error instanceof ReceiptNotFoundError ||
    error instanceof StoreError;
  return known ? new SyncFailure({ reason: error }) : undefined;
}

function startFailure(error: unknown): StartFailure | undefined {
  const known = error instanceof ConfigError || error instanceof StillOwedError || error instanceof StoreError;
  return known ? new StartFailure({ reason: error }) : undefined;
}
