/** What is answered when this sidecar or its store can take nothing more. */
import { type ReceiptStore, StoreError, type StoreErrorKind } from "@rsync/core";
import { memoryStore, OverloadedError, ReceiptSyncManager } from "@rsync/node";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { appResources } from "../src/app-api/resources.ts";
import { answerError } from "../src/http/answer-error.ts";
import { createAppServer } from "../src/http/create-app-server.ts";
import { Intake, intakeLimits } from "../src/intake.ts";
import { submitLines } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";

/** The app side in this process, with a region that never answers. */
async function appSide(store: ReceiptStore, intake: Intake) {
  const manager = await ReceiptSyncManager.create(
    {
      crossRegionSyncEnabled: true,
      quorumThreshold: 2,
      requireDurable: false,
      regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1", timeout: "1h" }],
    },
    { store, transport: silentTransport() },
  );
  const log = (): void => undefined;
  const storeFailure = (): string | undefined => undefined;
  const resources = appResources({ manager, intake, log, storeLocation: "memory:", storeFailure });
  const app = createAppServer(resources, log, { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await manager.close({ drainMs: 0 });
    await app.close();
  });
  return app;
}

function silentTransport() {
  const never = ({ signal }: { readonly signal: AbortSignal }) => {
    const { promise, resolve } = Promise.withResolvers<{
      readonly kind: "failed";
      readonly fault: { readonly kind: "aborted" };
      readonly identification: { readonly from: undefined; readonly seen: undefined };
    }>();
    const identification = { from: undefined, seen: undefined };
    signal.addEventListener("abort", () => resolve({ kind: "failed", fault: { kind: "aborted" }, identification }));
    return promise;
  };
  return { send: never, read: never, describe: never, close: async () => undefined };
}

/** A store whose appends fail in one way. */
function failingStore(kind: StoreErrorKind): ReceiptStore {
  const store = memoryStore({ regionId: "us-east-1" });
  return { ...store, append: () => Promise.reject(new StoreError(kind, `it is ${kind}`)) };
}

const post = (id: string, type = "application/json") => ({
  method: "POST" as const,
  url: "/api/v1/receipts",
  headers: { "content-type": type },
  payload: receiptText(id),
});

describe("too many at once", () => {
  it("for the manager, where a sidecar lets it count: 503 with Retry-After like any other", () => {
    const limits = { receiptsMax: 2, bytesMax: 1_000 };
    expect(answerError(new OverloadedError({ receipts: 2, bytes: 26 }, limits))).toMatchObject({
      status: 503,
      headers: { "retry-after": "1" },
      members: {
        type: "urn:receipt-sync:problem:overloaded",
        detail: expect.stringMatching(/2 receipts .* nothing was stored/),
      },
    });
  });

  it("is 503 with Retry-After, and there is room again when one is done", async () => {
    const intake = new Intake(intakeLimits(1));
    const app = await appSide(memoryStore({ regionId: "us-east-1" }), intake);
    const waiting = app.inject({ ...post("first"), url: "/api/v1/receipts?timeout=200ms" });
    await new Promise((resolve) => setImmediate(resolve));
    const refused = await app.inject(post("second"));
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.json()).toMatchObject({ type: "urn:receipt-sync:problem:overloaded", status: 503 });
    const line = submitLines(await app.listen({ host: "127.0.0.1", port: 0 }), [receiptText("line")], "?wait=none");
    expect((await waiting).statusCode).toBe(202);
    // A line waits for room instead, and has it then.
    expect(await line).toEqual([expect.objectContaining({ line: 1, status: 202 })]);
    expect((await app.inject({ ...post("third"), url: "/api/v1/receipts?wait=none" })).statusCode).toBe(202);
    // Reading is never refused.
    expect((await app.inject("/api/v1/receipts/second")).statusCode).toBe(404);
  });

  it("is 503 with Retry-After for a stream too many; idle ones take no room from others", async () => {
    const intake = new Intake(intakeLimits(16_384));
    const app = await appSide(memoryStore({ regionId: "us-east-1" }), intake);
    const releases = Array.from({ length: 64 }, () => intake.admitStream());
    expect((await app.inject({ ...post("single"), url: "/api/v1/receipts?wait=none" })).statusCode).toBe(202);
    const refused = await app.inject(post("stream", "application/x-ndjson"));
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.json().detail).toBe("64 streams are open, as many as are allowed; nothing was stored");
    releases[0]?.();
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    expect(await submitLines(url, [receiptText("stream")], "?wait=none")).toMatchObject([{ line: 1, status: 202 }]);
    // The one that has ended left its place.
    await vi.waitFor(() => intake.admitStream());
    expect(() => intake.admitStream()).toThrow("64 streams are open");
  });

  it("keeps room from lines for those who do not wait, and gives it to lines in their order", async () => {
    const intake = new Intake({ receiptsMax: 3, linesMax: 2, streamsMax: 64 });
    const first = await intake.admitLine();
    await intake.admitLine();
    const admitted: number[] = [];
    const admit = async (number: number): Promise<() => void> => {
      const release = await intake.admitLine();
      admitted.push(number);
      return release;
    };
    const [third, fourth] = [admit(3), admit(4)];
    intake.admit();
    expect(() => intake.admit()).toThrow("3 receipts are under way");
    expect(admitted).toEqual([]);
    first();
    (await third)();
    await fourth;
    expect(admitted).toEqual([3, 4]);
  });

  it("is told when everything taken is done", async () => {
    const intake = new Intake(intakeLimits(1));
    const receipt = intake.admit();
    const stream = intake.admitStream();
    const line = intake.admitLine();
    let idle = false;
    const stopped = intake.stop().then(() => {
      idle = true;
    });
    receipt();
    (await line)();
    await Promise.resolve();
    expect(idle).toBe(false);
    expect(() => intake.admit()).toThrow("shutting down");
    expect(() => intake.admitStream()).toThrow("shutting down");
    stream();
    await stopped;
    expect(idle).toBe(true);
  });
});

describe("a store that can take nothing", () => {
  it.each([
    ["full", 507, "store-full"],
    ["overloaded", 503, "overloaded"],
    ["failed", 503, "store-failed"],
    ["damaged", 503, "store-failed"],
  ] as const)("because it is %s is %d, as a single answer and in a stream", async (kind, status, problem) => {
    const app = await appSide(failingStore(kind), new Intake(intakeLimits(16_384)));
    const single = await app.inject(post("one"));
    expect(single.statusCode).toBe(status);
    expect(single.headers["retry-after"]).toBe("1");
    expect(single.json()).toMatchObject({ type: `urn:receipt-sync:problem:${problem}`, detail: `it is ${kind}` });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    expect(await submitLines(url, [receiptText("one")])).toEqual([
      expect.objectContaining({ line: 1, status, detail: `it is ${kind}` }),
    ]);
    expect((await app.inject("/api/v1/receipts")).statusCode).toBe(200);
  });
});
