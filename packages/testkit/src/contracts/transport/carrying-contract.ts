/** The part of `transportContract` about what travels: every field exactly, both ways. */
import type { Acknowledgement, ReadReply, StoreMark } from "@rsync/core";
import { expect, it } from "vitest";
import { envelopeOf, oddIds, oddRecords, receiptOf } from "./odd-receipts.ts";
import { nobody, questions, sample } from "./questions.ts";
import { type Current, replied, self, west } from "./stage.ts";

const largest: StoreMark = { storeId: "S".repeat(64), epoch: "-_".repeat(32), position: Number.MAX_SAFE_INTEGER };

export function carrying(current: Current): void {
  it("send carries every field of receipt and envelope exactly", async () => {
    const region = await current().region();
    for (const record of oddRecords) await current().transport.send(region.call(), record);
    const expected = oddRecords.map((record) => ({ receipt: receiptOf(record), envelope: envelopeOf(record) }));
    const sends = region.asked.filter((asked) => asked.kind === "send");
    expect(sends.map(({ receipt, envelope }) => ({ receipt, envelope }))).toEqual(expected);
  });

  it("send and read carry every id exactly, whatever it holds", async () => {
    const region = await current().region();
    for (const receiptId of oddIds) {
      await current().transport.send(region.call(), { ...sample, receiptId });
      await current().transport.read(region.call(), receiptId);
    }
    const ids = region.asked.map((asked) => {
      if (asked.kind === "send") return asked.receipt.receiptId;
      return asked.kind === "read" ? asked.receiptId : undefined;
    });
    expect(ids).toEqual(oddIds.flatMap((receiptId) => [receiptId, receiptId]));
  });

  it("send gives back the region's own word and fills in nothing", async () => {
    const { receiptId, digest } = sample;
    const bare = { digest: undefined, committed: undefined, durability: undefined };
    const words: readonly Acknowledgement[] = [
      { receiptId, digest, committed: true, durability: "fsync" },
      { receiptId, digest, committed: false, durability: "memory" },
      { receiptId, ...bare },
      { receiptId: "another one", ...bare },
      { receiptId, digest: "cd".repeat(32), committed: undefined, durability: "fsync" },
    ];
    const region = await current().region({ send: async (number) => replied(words[number] ?? { receiptId, ...bare }) });
    for (const word of words) {
      const expected = { kind: "replied", reply: word, identification: west };
      expect(await current().transport.send(region.call(), sample)).toEqual(expected);
    }
  });

  it("read gives back contents and their labels exactly, labels only where there are some", async () => {
    const replies = oddRecords.flatMap((record): readonly Extract<ReadReply, { kind: "held" }>[] => {
      const [receipt, envelope] = [receiptOf(record), envelopeOf(record)];
      const unlabelled = {
        timestamp: undefined,
        sourceRegion: undefined,
        sourceStore: undefined,
        sourceSeq: undefined,
      };
      return [
        { kind: "held", receipt, envelope, durability: "fsync" },
        { kind: "held", receipt, envelope: unlabelled, durability: undefined },
      ];
    });
    const region = await current().region({ read: async (number) => replied(replies[number] ?? { kind: "absent" }) });
    for (const reply of replies) {
      const expected = { kind: "replied", reply, identification: west };
      expect(await current().transport.read(region.call(), reply.receipt.receiptId)).toEqual(expected);
    }
  });

  it("read tells apart what is absent, what was pruned, and what the region does not know", async () => {
    const kinds = ["absent", "pruned", "unknown"] as const;
    const region = await current().region({ read: async (number) => replied({ kind: kinds[number] ?? "absent" }) });
    for (const kind of kinds) {
      const result = await current().transport.read(region.call(), "receipt-1");
      expect(result).toEqual({ kind: "replied", reply: { kind }, identification: west });
    }
  });

  it("describe gives back how the region stores and which quorum it asks for", async () => {
    const descriptions = [
      { durability: "fsync", policyDigest: "0f".repeat(32) },
      { durability: "memory", policyDigest: "f0".repeat(32) },
    ] as const;
    const region = await current().region({
      describe: async (number) => replied(descriptions[number] ?? descriptions[0]),
    });
    for (const reply of descriptions) {
      const result = await current().transport.describe(region.call());
      expect(result).toEqual({ kind: "replied", reply, identification: west });
    }
  });
}

export function introducing(current: Current): void {
  const introductions = [
    self,
    { ...self, refilling: true },
    { ...self, regionId: "région 1/λ🧾;%" },
    { ...self, regionId: "r".repeat(128), store: largest },
    { ...self, store: { ...self.store, position: 0 } },
  ];

  it.each(questions)("$name carries who asks, refilling or not, and the mark it has seen", async ({ ask }) => {
    const region = await current().region();
    for (const from of introductions) {
      for (const seen of [undefined, largest]) await ask(current().transport, region.call({ from, seen }));
    }
    const expected = introductions.flatMap((from) => [undefined, largest].map((seen) => ({ from, seen })));
    expect(region.asked.map(({ sender }) => sender)).toEqual(expected);
  });

  it.each(questions)("$name tells who answered, refilling or not, and the mark they have seen", async ({ ask }) => {
    const identifications = introductions.flatMap((from) => [undefined, largest].map((seen) => ({ from, seen })));
    const as = (number: number) => identifications[number] ?? west;
    const region = await current().region({
      send: async (number) =>
        replied({ receiptId: "receipt-1", digest: undefined, committed: true, durability: "fsync" }, as(number)),
      read: async (number) => replied({ kind: "absent" }, as(number)),
      describe: async (number) => replied({ durability: "fsync", policyDigest: "ab".repeat(32) }, as(number)),
    });
    for (const identification of identifications) {
      expect((await ask(current().transport, region.call())).identification).toEqual(identification);
    }
  });

  it("introduces nobody where the region does not", async () => {
    const acknowledgement = { receiptId: "receipt-1", digest: undefined, committed: undefined, durability: undefined };
    const answer = replied<Acknowledgement>(acknowledgement, nobody);
    const region = await current().region({
      send: async (number) => (number === 0 ? replied(acknowledgement) : answer),
    });
    await current().transport.send(region.call(), sample);
    const { identification } = await current().transport.send(region.call(), sample);
    expect(identification).toMatchObject(nobody);
  });

  it("goes where each call says, also when a region has moved", async () => {
    const [old, moved] = [await current().region(), await current().region()];
    for (const region of [old, moved, old]) await current().transport.send(region.call(), sample);
    expect([old.asked.length, moved.asked.length]).toEqual([2, 1]);
  });
}
