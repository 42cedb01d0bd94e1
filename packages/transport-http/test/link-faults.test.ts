import { once } from "node:events";
import type { Fault, TransportResult } from "@rsync/core";
import { faultyPeer, virtualClock } from "@rsync/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { callTo, sampleRecord } from "./sample-call.ts";
import { acknowledgement, replyWith, startRawServer, startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

function faultOf(result: TransportResult<unknown>): Fault {
  if (result.kind === "replied") throw new Error("It was answered");
  return result.fault;
}

async function startPeer(behaviour: Parameters<typeof faultyPeer>[0]) {
  const peer = await faultyPeer(behaviour);
  onTestFinished(() => peer.close());
  return peer;
}

describe("nothing was sent: unreachable", () => {
  test("connection refused", async () => {
    const peer = await startPeer({ kind: "refuses" });
    const result = await startTransport().send(callTo(peer.endpoint), sampleRecord());
    expect(faultOf(result)).toMatchObject({ kind: "unreachable", code: "ECONNREFUSED" });
  });

  test("each of more calls than connections is told, one after the other", async () => {
    const peer = await startPeer({ kind: "refuses" });
    const transport = startTransport({ connectionsMax: 1 });
    const calls = [1, 2, 3].map(() => transport.read(callTo(peer.endpoint), "rec-1"));
    for (const result of await Promise.all(calls)) {
      expect(faultOf(result)).toMatchObject({ kind: "unreachable", code: "ECONNREFUSED" });
    }
  });

  test("unknown host", async () => {
    const result = await startTransport().send(callTo("http://nowhere.invalid"), sampleRecord());
    expect(faultOf(result)).toMatchObject({
      kind: "unreachable",
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  test("no URL", async () => {
    for (const endpoint of ["", "us-west-1", "ftp://127.0.0.1", "http://"]) {
      const result = await startTransport().send(callTo(endpoint), sampleRecord());
      expect(faultOf(result)).toMatchObject({ kind: "unreachable", code: "ERR_INVALID_URL" });
    }
  });
});

describe("the request was on its way: broken", () => {
  test("reset after the request", async () => {
    const peer = await startPeer({ kind: "resets" });
    const result = await startTransport().send(callTo(peer.endpoint), sampleRecord());
    expect(faultOf(result)).toMatchObject({ kind: "broken", code: "ECONNRESET" });
  });

  test("closed after the request without a word", async () => {
    const { endpoint } = await startRawServer((socket) => socket.once("data", () => socket.end()));
    const result = await startTransport().send(callTo(endpoint), sampleRecord());
    expect(faultOf(result)).toMatchObject({ kind: "broken", code: "UND_ERR_SOCKET" });
  });

  test("reset in mid-body", async () => {
    const peer = await startPeer({ kind: "resetsInBody" });
    const result = await startTransport().send(callTo(peer.endpoint), sampleRecord());
    expect(faultOf(result)).toMatchObject({
      kind: "broken",
      code: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/),
    });
  });

  test("a reply that is no HTTP", async () => {
    const { endpoint } = await startRawServer((socket) => socket.once("data", () => socket.end("220 mail ready\r\n")));
    const result = await startTransport().send(callTo(endpoint), sampleRecord());
    expect(faultOf(result)).toMatchObject({ kind: "broken", code: expect.stringMatching(/^HPE_|^HTTPParserError$/) });
  });

  test("the next call goes through, over a new connection", async () => {
    const transport = startTransport({ connectionsMax: 1 });
    const peer = await startPeer({ kind: "resetsInBody" });
    await transport.send(callTo(peer.endpoint), sampleRecord());
    await peer.become({ kind: "answers", status: 200, body: acknowledgement() });
    expect((await transport.send(callTo(peer.endpoint), sampleRecord())).kind).toBe("replied");
  });
});

describe("I7: one timeout over the whole attempt", () => {
  test("a region that never answers", async () => {
    const clock = virtualClock();
    const peer = await startPeer({ kind: "neverAnswers" });
    const sending = startTransport({ clock }).send(callTo(peer.endpoint, { timeoutMs: 5000 }), sampleRecord());
    await clock.settleUntil(() => peer.requests().length === 1);
    await clock.advance(4999);
    expect(clock.timersPending()).toBe(1);
    await clock.advance(1);
    expect(faultOf(await sending)).toEqual({ kind: "timeout", timeoutMs: 5000 });
  });

  test("a body that goes on beyond it, however busily", async () => {
    const clock = virtualClock();
    let chunks = 0;
    const { endpoint } = await startServer((_request, response) => {
      const trickle = (): void => {
        chunks++;
        if (!response.destroyed) response.write(" ", () => setImmediate(trickle));
      };
      trickle();
    });
    const sending = startTransport({ clock, replyBytesMax: 2 ** 30 }).send(callTo(endpoint), sampleRecord());
    await clock.settleUntil(() => chunks > 10);
    await clock.advance(5000);
    expect(faultOf(await sending)).toEqual({ kind: "timeout", timeoutMs: 5000 });
  });

  test("a wait for a free connection, which then goes to whoever still waits", async () => {
    const clock = virtualClock();
    const transport = startTransport({ clock, connectionsMax: 1 });
    const peer = await startPeer({ kind: "neverAnswers" });
    const first = transport.send(callTo(peer.endpoint, { timeoutMs: 2000 }), sampleRecord());
    const queued = transport.send(callTo(peer.endpoint, { timeoutMs: 1000 }), sampleRecord());
    const patient = transport.send(callTo(peer.endpoint, { timeoutMs: 9000 }), sampleRecord());
    await clock.settleUntil(() => peer.requests().length === 1);
    await clock.advance(1000);
    expect(faultOf(await queued)).toMatchObject({ kind: "timeout" });
    await peer.become({ kind: "answers", status: 200, body: acknowledgement() });
    await clock.advance(1000);
    expect(faultOf(await first)).toMatchObject({ kind: "timeout" });
    expect((await patient).kind).toBe("replied");
    expect(peer.requests().length).toBe(2);
    expect(clock.timersPending()).toBe(0);
  });

  test("a connection that does not come about is given up with its attempt", async () => {
    const clock = virtualClock();
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    // Plain TCP that says nothing: the TLS handshake hangs.
    const { endpoint } = await startRawServer((socket) => {
      socket.resume().once("close", () => closed.resolve());
      arrived.resolve();
    });
    const sending = startTransport({ clock }).send(callTo(endpoint.replace("http:", "https:")), sampleRecord());
    await arrived.promise;
    await clock.advance(5000);
    expect(faultOf(await sending)).toEqual({ kind: "timeout", timeoutMs: 5000 });
    await closed.promise;
  });

  test("leaves no timer and no listener behind after a reply", async () => {
    const clock = virtualClock();
    const { endpoint } = await startServer(replyWith(200, {}, acknowledgement()));
    await startTransport({ clock }).send(callTo(endpoint), sampleRecord());
    expect(clock.timersPending()).toBe(0);
  });
});

describe("aborting", () => {
  test("ends a call at once and takes its connection down", async () => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { endpoint } = await startRawServer((socket) => {
      socket.once("data", () => arrived.resolve());
      socket.once("close", () => closed.resolve());
    });
    const controller = new AbortController();
    const sending = startTransport().send(callTo(endpoint, { signal: controller.signal }), sampleRecord());
    await arrived.promise;
    controller.abort();
    expect(faultOf(await sending)).toEqual({ kind: "aborted" });
    await closed.promise;
  });

  test("beforehand: nothing is sent", async () => {
    const peer = await startPeer({ kind: "answersHtml" });
    const result = await startTransport().send(callTo(peer.endpoint, { signal: AbortSignal.abort() }), sampleRecord());
    expect(faultOf(result)).toEqual({ kind: "aborted" });
    expect(peer.requests()).toEqual([]);
  });

  test("many calls by one signal opens no connection for those that wait", async () => {
    const server = await startServer((request, response) => {
      if (request.method === "GET") response.end("{}");
    });
    const transport = startTransport({ connectionsMax: 2 });
    const controller = new AbortController();
    const call = callTo(server.endpoint, { signal: controller.signal });
    const calls = Array.from({ length: 50 }, () => transport.send(call, sampleRecord()));
    await expect.poll(() => server.connections()).toBe(2);
    controller.abort();
    for (const ended of calls) expect(faultOf(await ended)).toEqual({ kind: "aborted" });
    await transport.read(callTo(server.endpoint), "abc123");
    expect(server.connections()).toBe(3);
  });

  test("one call leaves the others alone", async () => {
    const peer = await startPeer({ kind: "neverAnswers" });
    const transport = startTransport();
    const controller = new AbortController();
    const given = transport.send(callTo(peer.endpoint, { signal: controller.signal }), sampleRecord());
    await expect.poll(() => peer.requests().length).toBe(1);
    await peer.become({ kind: "answers", status: 200, body: acknowledgement() });
    const kept = transport.send(callTo(peer.endpoint), sampleRecord());
    controller.abort();
    expect(faultOf(await given)).toEqual({ kind: "aborted" });
    expect((await kept).kind).toBe("replied");
  });
});

describe("close", () => {
  test("ends what is under way, and every later call, as aborted; twice is once", async () => {
    const { endpoint } = await startServer((request) => void request.resume());
    const silent = await startRawServer((socket) => void socket.resume());
    const transport = startTransport({ connectionsMax: 1 });
    const calls = [
      transport.send(callTo(endpoint), sampleRecord()),
      transport.read(callTo(endpoint), "abc123"),
      transport.describe(callTo(silent.endpoint.replace("http:", "https:"))),
    ];
    await Promise.all([transport.close(), transport.close()]);
    for (const call of calls) expect(faultOf(await call)).toEqual({ kind: "aborted" });
    expect(faultOf(await transport.send(callTo(endpoint), sampleRecord()))).toEqual({ kind: "aborted" });
    expect(faultOf(await transport.read(callTo(endpoint), "abc123"))).toEqual({ kind: "aborted" });
    expect(faultOf(await transport.describe(callTo(endpoint)))).toEqual({ kind: "aborted" });
  });

  test("closes idle connections", async () => {
    const closed = Promise.withResolvers<void>();
    const { endpoint } = await startRawServer((socket) => {
      socket.once("close", () => closed.resolve());
      const body = acknowledgement();
      void once(socket, "data").then(() =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      );
    });
    const transport = startTransport();
    expect((await transport.send(callTo(endpoint), sampleRecord())).kind).toBe("replied");
    await transport.close();
    await closed.promise;
  });
});
