import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchBatchReplies } from "../../src/evidence/batch-replies.ts";
import type { BatchItemReply } from "../../src/seams/transport.ts";

const held = (receiptId: string, digest: string): BatchItemReply => ({
  kind: "acknowledged",
  acknowledgement: { receiptId, digest, committed: true, durability: "fsync" },
});

const refused = (receiptId: string, digest: string | undefined): BatchItemReply => ({
  kind: "failed",
  receiptId,
  digest,
  fault: { kind: "status", status: 409, problem: undefined, retryAfterMs: undefined, excerpt: "" },
});

const sent = [
  { receiptId: "a", digest: "1" },
  { receiptId: "b", digest: "2" },
  { receiptId: "c", digest: "3" },
];

describe("what a region said about each receipt of a batch", () => {
  test("in order, or in any other", () => {
    const replies = [held("a", "1"), refused("b", "2"), held("c", "3")];
    expect(matchBatchReplies(sent, replies)).toEqual(replies);
    expect(matchBatchReplies(sent, replies.toReversed())).toEqual(replies);
  });

  test("a missing item answers nothing, a foreign one nobody", () => {
    expect(matchBatchReplies(sent, [held("c", "3"), held("z", "1")])).toEqual([undefined, undefined, held("c", "3")]);
    expect(matchBatchReplies(sent, [])).toEqual([undefined, undefined, undefined]);
  });

  test("a repeated item answers nothing, not even where it repeats itself word for word", () => {
    const replies = [held("a", "1"), refused("a", "1"), held("b", "2"), held("b", "2"), held("c", "3")];
    expect(matchBatchReplies(sent, replies)).toEqual([undefined, undefined, held("c", "3")]);
    expect(matchBatchReplies(sent, [held("a", "1"), held("a", "1"), held("c", "3")])).toEqual([
      undefined,
      undefined,
      held("c", "3"),
    ]);
  });

  test("a refusal of other content under the id is nobody's; one that names no content is the receipt's", () => {
    expect(matchBatchReplies(sent, [refused("a", "9"), refused("b", undefined), held("c", "3")])).toEqual([
      undefined,
      refused("b", undefined),
      held("c", "3"),
    ]);
  });

  test("another digest in an acknowledgement is left for its judge", () => {
    expect(matchBatchReplies(sent.slice(0, 1), [held("a", "9")])).toEqual([held("a", "9")]);
  });
});

/** The same from the words of its promise: look at every item, for every receipt. */
function slowTwin(records: typeof sent, replies: readonly BatchItemReply[]): readonly (BatchItemReply | undefined)[] {
  const idOf = (reply: BatchItemReply): string =>
    reply.kind === "acknowledged" ? reply.acknowledgement.receiptId : reply.receiptId;
  return records.map(({ receiptId, digest }) => {
    const about = replies.filter((reply) => idOf(reply) === receiptId);
    const [only] = about;
    if (only === undefined || about.length > 1) return undefined;
    const otherContent = only.kind === "failed" && only.digest !== undefined && only.digest !== digest;
    return otherContent ? undefined : only;
  });
}

test("agrees with its slow twin, whatever a region says", () => {
  const ids = fc.constantFrom("a", "b", "c", "d", "e", "__proto__");
  const digests = fc.constantFrom("1", "2");
  const item = fc.oneof(
    fc.tuple(ids, digests).map(([id, digest]) => held(id, digest)),
    fc.tuple(ids, fc.option(digests, { nil: undefined })).map(([id, digest]) => refused(id, digest)),
  );
  const records = fc.uniqueArray(fc.record({ receiptId: ids, digest: digests }), {
    selector: ({ receiptId }) => receiptId,
  });
  const cases = records.chain((asked) =>
    fc.record({
      asked: fc.constant(asked),
      // Mostly what was asked, in order, with something about it changed; else anything.
      said: fc.oneof(
        fc.array(item, { maxLength: 8 }),
        fc
          .tuple(
            ...asked.map((each) => fc.constantFrom(held(each.receiptId, each.digest), refused(each.receiptId, "1"))),
          )
          .chain((told) => fc.shuffledSubarray<BatchItemReply>(told, { minLength: Math.max(0, told.length - 1) })),
      ),
    }),
  );
  fc.assert(
    fc.property(cases, ({ asked, said }) => {
      expect(matchBatchReplies(asked, said)).toEqual(slowTwin(asked, said));
    }),
    { numRuns: 2_000 },
  );
});
