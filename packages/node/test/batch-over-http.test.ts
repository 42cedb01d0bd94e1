/** Both ends of the batch path, over real sockets. */
import { createServer, type IncomingMessage } from "node:http";
import {
  BATCH_BYTES_MAX,
  BATCH_RECEIPTS_MAX,
  type BatchItemReply,
  formatWireReceipt,
  judgeAcknowledgement,
  matchBatchReplies,
  type ReceiptRecord,
  type TransportCall,
} from "@rsync/core";
import { answerPeer, memoryStore, type PeerBody, ReceiptSyncManager } from "@rsync/node";
import { httpTransport } from "@rsync/transport-http";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { receiptDigest } from "../src/digest.ts";

async function readBody(request: IncomingMessage, bytesMax: number): Promise<PeerBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.byteLength;
    chunks.push(chunk);
  }
  return bytes > bytesMax ? { kind: "tooLarge" } : { kind: "bytes", bytes: Buffer.concat(chunks) };
}

/** A region behind `node:http`, and how to send to it. */
async function startRegion(options: Parameters<typeof httpTransport>[0] = {}) {
  const store = memoryStore({ regionId: "us-west-1" });
  const transport = httpTransport(options);
  const manager = await ReceiptSyncManager.create({ region: "us-west-1" }, { store, transport });
  onTestFinished(() => manager.close({ drainMs: 0 }));
  const encodings: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    encodings.push(request.headers["content-encoding"]);
    const { method = "", url: path = "" } = request;
    const header = (name: string): string | undefined => request.headersDistinct[name]?.[0];
    const body = (bytesMax: number) => readBody(request, bytesMax);
    const answer = await answerPeer(manager.receiver, { method, path, header, body }, Date.now);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  const endpoint = `http://127.0.0.1:${address.port}`;
  const call: TransportCall = {
    to: { regionId: "us-west-1", endpoint, timeoutMs: 30_000 },
    from: { regionId: "us-east-1", store: { storeId: "s", epoch: "e", position: 1 }, refilling: false },
    seen: undefined,
    signal: new AbortController().signal,
  };
  return { store, transport, call, endpoint, encodings };
}

function recordOf(fields: Omit<ReceiptRecord, "digest">): ReceiptRecord {
  return { ...fields, digest: receiptDigest(fields) };
}

const identifier = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  .map((text) => text.replaceAll(/\p{Cc}/gu, "x"))
  .filter((text) => text.isWellFormed());
const records: fc.Arbitrary<ReceiptRecord> = fc
  .record({
    receiptId: identifier,
    transactionId: identifier,
    hash: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    ticks: fc.integer({ min: 0, max: 0xffff_ffff }),
    spanId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    committed: fc.boolean(),
    timestamp: fc.constant("2025-11-16T12:00:00Z"),
    sourceRegion: identifier,
    sourceStore: fc.constant("store"),
    sourceSeq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  })
  .map(recordOf);
const batches = fc.uniqueArray(records, { selector: ({ receiptId }) => receiptId, minLength: 1, maxLength: 30 });

/** A batch as large as allowed, of receipts with the longest ids there are; letters that JSON must escape. */
function largestBatch(): readonly ReceiptRecord[] {
  const made: ReceiptRecord[] = [];
  let bytes = '{"receipts":[]}'.length;
  while (made.length < BATCH_RECEIPTS_MAX) {
    const record = recordOf({
      receiptId: String(made.length).padStart(256, '"'),
      transactionId: "t",
      hash: Uint8Array.of(1),
      ticks: 1,
      spanId: 1n,
      committed: true,
      timestamp: "2025-11-16T12:00:00Z",
      sourceRegion: "r",
      sourceStore: "s",
      sourceSeq: made.length + 1,
    });
    bytes += Buffer.byteLength(formatWireReceipt(record, record)) + 1;
    if (bytes > BATCH_BYTES_MAX) break;
    made.push(record);
  }
  return made;
}

const kindsOf = (items: readonly (BatchItemReply | undefined)[]): ReadonlySet<string | undefined> =>
  new Set(items.map((item) => (item?.kind === "failed" && item.fault.kind === "status" ? "refused" : item?.kind)));

describe("a batch between two regions", () => {
  it("confirms each of its receipts, and stores them as they were sent", async () => {
    const { transport, call, store, encodings } = await startRegion({
      compressBytesMin: 400,
      compressRoundTripMsMin: 0,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (drawn) => {
        // The same ids are drawn again and again: each run gets its own.
        const run = encodings.length;
        const sent = drawn.map((record) => recordOf({ ...record, receiptId: `${run}:${record.receiptId}` }));
        const result = await transport.sendBatch(call, sent);
        if (result.kind === "failed") throw new Error(JSON.stringify(result.fault));
        const items = matchBatchReplies(sent, result.reply);
        for (const [index, record] of sent.entries()) {
          const item = items[index];
          if (item?.kind !== "acknowledged") throw new Error(`${record.receiptId} is not acknowledged`);
          const said = item.acknowledgement;
          const verdict = judgeAcknowledgement(record, said, result.identification, { requireDurable: false });
          expect(verdict).toEqual({ kind: "confirmed", durability: "memory" });
          expect((await store.get(record.receiptId))?.record).toEqual(record);
        }
      }),
    );
    expect(new Set(encodings)).toEqual(new Set([undefined, "zstd"]));
  });

  it("may be as large as allowed and conflict in every receipt: the reply still fits", async () => {
    const { transport, call } = await startRegion({ compressBytesMin: Number.POSITIVE_INFINITY });
    const sent = largestBatch();
    expect(sent.length).toBeGreaterThan(BATCH_RECEIPTS_MAX / 2);
    const first = await transport.sendBatch(call, sent);
    expect(first.kind === "replied" && kindsOf(matchBatchReplies(sent, first.reply))).toEqual(
      new Set(["acknowledged"]),
    );
    const others = sent.map((record) => recordOf({ ...record, ticks: 2 }));
    const second = await transport.sendBatch(call, others);
    expect(second.kind === "replied" && kindsOf(matchBatchReplies(others, second.reply))).toEqual(new Set(["refused"]));
  });

  it("may be invalid in every field of every receipt: the reply would still fit", async () => {
    const { endpoint } = await startRegion();
    const wrong = "x".repeat(70);
    const invalid = {
      receipt_id: `\u0001${"r".repeat(90)}`,
      transaction_id: `\u0001${"t".repeat(90)}`,
      hash: wrong,
      ticks: wrong,
      span_id: wrong,
      committed: wrong,
      timestamp: wrong,
      source_region: 1,
      source_store: 1,
      source_seq: wrong,
    };
    const receipts = new Array(BATCH_RECEIPTS_MAX).fill(invalid);
    const reply = await fetch(`${endpoint}/receipt-sync/batch`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ receipts }),
    });
    const text = await reply.text();
    expect([reply.status, JSON.parse(text).results.length]).toEqual([200, BATCH_RECEIPTS_MAX]);
    expect(text.length).toBeLessThan(4 * 1024 * 1024);
  });
});
