/** The part of `transportContract` about `sendBatch`. It is left out where a transport has none: then nothing was promised. */
import type { BatchItemReply, ReceiptRecord, Transport } from "@rsync/core";
import { expect, it, type TestContext } from "vitest";
import { envelopeOf, oddIds, oddRecords, receiptOf } from "./odd-receipts.ts";
import { arrived, faultOf, misbehaving, nobody, sample, silent } from "./questions.ts";
import { type Current, replied, self, west } from "./stage.ts";
import type { FarAnswer } from "./transport-site.ts";

/** No two of a batch bear the same id. */
const records: readonly ReceiptRecord[] = [
  ...oddRecords.map((record, index) => ({ ...record, receiptId: `receipt-${index}` })),
  ...oddIds.map((receiptId) => ({ ...sample, receiptId })),
];

const digests = [sample.digest, "cd".repeat(32)] as const;

function acknowledged(receiptId: string, digest: string = digests[0], committed = true): BatchItemReply {
  return { kind: "acknowledged", acknowledgement: { receiptId, digest, committed, durability: "fsync" } };
}

const conflict = { kind: "conflict", title: "Other content", detail: "Other content is held" } as const;
const bare = { kind: "status", problem: undefined, retryAfterMs: undefined, excerpt: "" } as const;

function sendBatchOf({ sendBatch }: Transport, context: TestContext): Required<Transport>["sendBatch"] {
  return sendBatch ?? context.skip("the transport has no sendBatch");
}

/** What must arrive of an item. Their order says nothing, and an excerpt is for people. */
function said(item: BatchItemReply): string {
  if (item.kind === "acknowledged") {
    const { receiptId, digest, committed, durability } = item.acknowledgement;
    return JSON.stringify({ receiptId, digest, committed, durability });
  }
  const { receiptId, digest, fault } = item;
  const { status, problem } = fault.kind === "status" ? fault : expect.fail(`An item failed with ${fault.kind}`);
  return JSON.stringify({
    receiptId,
    digest,
    status,
    kind: problem?.kind,
    title: problem?.title,
    detail: problem?.detail,
  });
}

export function batches(current: Current): void {
  it("carries every receipt exactly and in order, in one request", async (context) => {
    const sendBatch = sendBatchOf(current().transport, context);
    const region = await current().region();
    await sendBatch(region.call({ seen: west.from?.store }), records);
    const expected = records.map((record) => ({ receipt: receiptOf(record), envelope: envelopeOf(record) }));
    const sender = { from: self, seen: west.from?.store };
    expect(region.asked).toEqual([{ kind: "sendBatch", sender, records: expected }]);
  });

  it("gives back everything that the region says: of others too, and of one more than once", async (context) => {
    const sendBatch = sendBatchOf(current().transport, context);
    const items: readonly BatchItemReply[] = [
      acknowledged("receipt-2"),
      acknowledged("receipt-1", digests[1], false),
      {
        kind: "failed",
        receiptId: "receipt-3",
        digest: digests[1],
        fault: { ...bare, status: 409, problem: conflict },
      },
      { kind: "failed", receiptId: "receipt-4", digest: undefined, fault: { ...bare, status: 500 } },
      ...oddIds.map((receiptId) => acknowledged(receiptId)),
      acknowledged("receipt-2"),
      acknowledged("nobody sent this"),
    ];
    const region = await current().region({ sendBatch: async () => replied(items) });
    const result = await sendBatch(region.call(), records);
    expect(result).toMatchObject({ kind: "replied", identification: west });
    expect(result.kind === "replied" ? result.reply.map(said).toSorted() : []).toEqual(items.map(said).toSorted());
  });

  it("fails as a whole where the region says so, or the link does", async (context) => {
    const sendBatch = sendBatchOf(current().transport, context);
    const tooLarge = { ...bare, status: 413, problem: { kind: "too-large", title: "Too large", detail: "" } } as const;
    const failures: readonly FarAnswer<never>[] = [
      { kind: "failed", fault: tooLarge, identification: west },
      { kind: "failed", fault: { ...bare, status: 404 }, identification: west },
      { kind: "cut" },
      { kind: "nonsense" },
    ];
    const region = await current().region({ sendBatch: async (number) => failures[number] ?? replied([]) });
    const { status, problem } = tooLarge;
    const expected = [
      { kind: "status", status, problem },
      { kind: "status", status: 404 },
    ];
    for (const fault of expected) {
      expect(await sendBatch(region.call(), records)).toMatchObject({ kind: "failed", fault });
    }
    expect(faultOf(await sendBatch(region.call(), records)).kind).toBeOneOf(["broken", "unreachable"]);
    expect(faultOf(await sendBatch(region.call(), records)).kind).toBeOneOf(["garbled", "broken"]);
    expect(region.asked.length, "requests, none of them a retry").toBe(failures.length);
    await region.stop();
    const result = await sendBatch(region.call(), records);
    expect(result).toMatchObject({ kind: "failed", identification: nobody });
    expect(faultOf(result).kind).toBeOneOf(["unreachable", "broken"]);
  });

  it.for([
    ["the region is silent", silent()],
    ["the reply has begun", misbehaving("half")],
  ] as const)("ends by time, by abort and by close while %s", async ([, script], context) => {
    const { transport, clock } = current();
    const sendBatch = sendBatchOf(transport, context);
    const region = await current().region(script);
    const timeoutMs = clock === undefined ? 50 : 5_000;
    const timed = sendBatch(region.call({ timeoutMs }), records);
    await arrived(region, 1);
    await clock?.advance(timeoutMs);
    expect(faultOf(await timed)).toEqual({ kind: "timeout", timeoutMs });

    const controller = new AbortController();
    const given = sendBatch(region.call({ signal: controller.signal }), records);
    const closed = sendBatch(region.call(), records);
    await arrived(region, 3);
    controller.abort();
    expect(faultOf(await given)).toEqual({ kind: "aborted" });
    await transport.close();
    expect(faultOf(await closed)).toEqual({ kind: "aborted" });
    expect(faultOf(await sendBatch(region.call(), records))).toEqual({ kind: "aborted" });
  });
}
