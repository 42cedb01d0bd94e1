import { describe, expect, it } from "@effect/vitest";
import { memoryStore } from "@rsync/node";
import { ReceiptSync, StartFailure, SyncFailure } from "@rsync/node/effect";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { LoopbackDeployment, receipt } from "./loopback-deployment.ts";

const config = {
  region: "us-east-1",
  crossRegionSyncEnabled: true,
  regions: [{ regionId: "us-west-1", endpoint: "http://us-west-1.example" }],
  quorumThreshold: 2,
  requireDurable: false,
};

/** A store that tells whether it was closed. */
function watchedParts(deployment: LoopbackDeployment) {
  const store = memoryStore({ regionId: "us-east-1" });
  let closed = false;
  const close = async (): Promise<void> => {
    closed = true;
    await store.close();
  };
  const parts = { store: { ...store, close }, transport: deployment.transport(), clock: deployment.clock };
  return { parts, isClosed: () => closed };
}

describe("the manager as an Effect service", () => {
  it.live("starts with its layer, syncs, verifies, and closes with the scope", () =>
    Effect.gen(function* () {
      const deployment = new LoopbackDeployment();
      yield* Effect.promise(() => deployment.start("us-west-1", ["us-east-1"]));
      const { parts, isClosed } = watchedParts(deployment);
      const program = Effect.gen(function* () {
        const sync = yield* ReceiptSync;
        const result = yield* sync.syncReceipt(receipt(1));
        const verified = yield* sync.verifyQuorum("rec-1");
        const health = yield* sync.getHealthStatus;
        return { outcome: result.outcome, verified, health, open: !isClosed() };
      });
      const seen = yield* program.pipe(Effect.provide(ReceiptSync.layer(config, Effect.succeed(parts))));
      expect(seen).toEqual({ outcome: "committed", verified: true, health: [1, 1, true], open: true });
      expect(isClosed()).toBe(true);
    }),
  );

  it.live("fails with a tagged error that carries the manager's own", () =>
    Effect.gen(function* () {
      const { parts } = watchedParts(new LoopbackDeployment());
      const failure = yield* ReceiptSync.use((sync) => sync.awaitQuorum("never-seen")).pipe(
        Effect.provide(ReceiptSync.layer(config, Effect.succeed(parts))),
        Effect.flip,
      );
      expect(failure).toBeInstanceOf(SyncFailure);
      expect(failure).toMatchObject({ _tag: "SyncFailure", reason: { kind: "not-found", receiptId: "never-seen" } });
    }),
  );

  it.live("says every problem of a configuration that can not start", () =>
    Effect.gen(function* () {
      const { parts, isClosed } = watchedParts(new LoopbackDeployment());
      const layer = ReceiptSync.layer({ ...config, quorumThreshold: 9, maxRetries: 0 }, Effect.succeed(parts));
      const failure = yield* Effect.flip(Effect.scoped(Layer.build(layer)));
      expect(failure).toBeInstanceOf(StartFailure);
      expect(failure.message).toContain("Quorum threshold 9 exceeds total regions 2");
      expect(failure.message).toContain("Max retries must be at least 1");
      expect(isClosed()).toBe(true);
    }),
  );

  it.live("ends the wait, not the delivery, when it is interrupted (I2)", () =>
    Effect.gen(function* () {
      const deployment = new LoopbackDeployment();
      const west = yield* Effect.promise(() => deployment.start("us-west-1", ["us-east-1"]));
      deployment.setWeather("us-west-1", { kind: "slow", delayMs: 1_000 });
      const { parts } = watchedParts(deployment);
      const program = Effect.gen(function* () {
        const sync = yield* ReceiptSync;
        const fiber = yield* Effect.forkChild(sync.syncReceipt(receipt(1)), { startImmediately: true });
        yield* Effect.promise(() => deployment.clock.settle());
        const exit = yield* Fiber.interrupt(fiber).pipe(Effect.andThen(Fiber.await(fiber)));
        yield* Effect.promise(() => deployment.clock.advance(10_000));
        return Exit.hasInterrupts(exit);
      });
      const interrupted = yield* program.pipe(Effect.provide(ReceiptSync.layer(config, Effect.succeed(parts))));
      expect(interrupted).toBe(true);
      expect(yield* Effect.promise(() => west.inspect("rec-1"))).toMatchObject({ regions: [{ finding: "same" }, {}] });
    }),
  );
});
