import { assert, describe, it } from "@effect/vitest";
import { faultyPeer } from "@rsync/testkit";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { HttpTransport, layer } from "../src/effect.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { acknowledgement } from "./start-server.ts";

const startPeer = (behaviour: Parameters<typeof faultyPeer>[0]) =>
  Effect.acquireRelease(
    Effect.promise(() => faultyPeer(behaviour)),
    (peer) => Effect.promise(() => peer.close()),
  );

const acknowledges = { kind: "answers", status: 200, body: acknowledgement() } as const;

describe("the Effect face", () => {
  it.live("answers what the transport answers", () =>
    Effect.gen(function* () {
      const peer = yield* startPeer({ kind: "acknowledgesAs", from: callTo("").from });
      const transport = yield* HttpTransport;
      const sent = yield* transport.send(callTo(peer.endpoint), sampleRecord());
      assert.strictEqual(sent.reply.receiptId, "abc123");
      assert.strictEqual(sent.identification.from?.regionId, "us-east-1");
      const batch = yield* transport.sendBatch(callTo(peer.endpoint), [sampleRecord({ receiptId: "in-a-batch" })]);
      assert.deepInclude(batch.reply[0], { kind: "acknowledged" });
      const held = yield* transport.read(callTo(peer.endpoint), "abc123");
      assert.strictEqual(held.reply.kind, "held");
      const described = yield* transport.describe(callTo(peer.endpoint));
      assert.strictEqual(described.reply.durability, "fsync");
      assert.strictEqual(described.identification.from?.regionId, "us-east-1");
    }).pipe(Effect.provide(layer())),
  );

  it.live("fails with a tagged error that carries the fault", () =>
    Effect.gen(function* () {
      const peer = yield* startPeer({ kind: "answersHtml", status: 502 });
      const transport = yield* HttpTransport;
      const caught = yield* transport
        .send(callTo(peer.endpoint), sampleRecord())
        .pipe(Effect.catchTag("TransportError", (error) => Effect.succeed(error.fault)));
      assert.deepInclude(caught, { kind: "status", status: 502 });
    }).pipe(Effect.provide(layer())),
  );

  it.live("aborts the request when it is interrupted", () =>
    Effect.gen(function* () {
      const peer = yield* startPeer({ kind: "neverAnswers" });
      const transport = yield* HttpTransport;
      const fiber = yield* Effect.forkChild(transport.send(callTo(peer.endpoint), sampleRecord()), {
        startImmediately: true,
      });
      yield* Effect.promise(() => untilTrue(() => peer.requests().length === 1));
      yield* Fiber.interrupt(fiber);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
      // With one connection allowed, the next call gets through only if the first one has given its own up.
      yield* Effect.promise(() => peer.become(acknowledges));
      yield* transport.send(callTo(peer.endpoint), sampleRecord());
    }).pipe(Effect.provide(layer({ connectionsMax: 1 }))),
  );

  it.live("closes with its layer, what is under way included", () =>
    Effect.gen(function* () {
      const peer = yield* startPeer({ kind: "neverAnswers" });
      const { transport, inFlight } = yield* Effect.gen(function* () {
        const transport = yield* HttpTransport;
        return { transport, inFlight: transport.transport.send(callTo(peer.endpoint), sampleRecord()) };
      }).pipe(Effect.provide(layer()));
      const interrupted = yield* Effect.promise(() => inFlight);
      assert.deepInclude(interrupted, { kind: "failed", fault: { kind: "aborted" } } as const);
      const error = yield* Effect.flip(transport.send(callTo(peer.endpoint), sampleRecord()));
      assert.deepStrictEqual(error.fault, { kind: "aborted" });
    }),
  );
});

async function untilTrue(predicate: () => boolean): Promise<void> {
  while (!predicate()) await new Promise((resolve) => setImmediate(resolve));
}
