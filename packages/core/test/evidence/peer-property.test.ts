import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Identification, type StoreMark, UNIDENTIFIED } from "../../src/evidence/introduction.ts";
import {
  type Claims,
  hearMark,
  judgePeer,
  type PeerExpectation,
  type PeerMemory,
  unknownPeer,
} from "../../src/evidence/peer.ts";
import { introduction, says } from "./evidence-parts.ts";

const EXPECTED: readonly PeerExpectation[] = [
  { regionId: "west", alias: false, protocol: "auto" },
  { regionId: "east", alias: false, protocol: "strict" },
  { regionId: "replica", alias: true, protocol: "auto" },
];

const stores = fc.constantFrom("s1", "s2", "s3", "local");
const epochs = fc.constantFrom("e1", "e2");
const marks: fc.Arbitrary<StoreMark> = fc.record({ storeId: stores, epoch: epochs, position: fc.nat(4) });
const identifications: fc.Arbitrary<Identification> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom("west", "east", "north"), marks).map(([name, store]) => says(name, store)),
  },
  { weight: 1, arbitrary: fc.constantFrom(UNIDENTIFIED, { from: undefined, seen: undefined, partial: true }) },
);
const messages = fc.record({
  to: fc.nat(EXPECTED.length - 1),
  said: identifications,
  /** Our mark as it is now went with the request; else an older one, or none. */
  echo: fc.oneof(fc.constant("current" as const), fc.option(marks, { nil: undefined })),
  asRequest: fc.boolean(),
});

function claimsOf(memories: readonly PeerMemory[]): Claims {
  const owner = (holds: (memory: PeerMemory) => boolean): string | undefined => memories.find(holds)?.regionId;
  return {
    storeOwner: (storeId) =>
      storeId === "local"
        ? "home"
        : owner(({ mark, replaced }) => mark?.storeId === storeId || replaced.includes(storeId)),
    nameOwner: (name) => owner((memory) => memory.regionId === name || memory.reportedRegion === name),
  };
}

describe("whatever regions say, in any order", () => {
  test("a store counts for one region, a replaced one never again, and marks only grow", () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 40, size: "max" }), (script) => {
        const memories = EXPECTED.map(({ regionId }) => unknownPeer(regionId));
        const countedFor = new Map<string, string>();
        const gone = new Set<string>();
        for (const { to, said, echo, asRequest } of script) {
          const [expected, before] = [EXPECTED[to], memories[to]];
          if (expected === undefined || before === undefined) continue;
          if (asRequest && said.from !== undefined) {
            memories[to] = hearMark(before, introduction("west", said.from.store));
            expect(memories[to]?.mark?.storeId).toBe(before.mark?.storeId);
            checkGrowth(before, memories[to] ?? before);
            continue;
          }
          const echoed = echo === "current" ? before.mark : echo;
          const judgement = judgePeer(before, expected, said, claimsOf(memories), echoed);
          if (judgement.kind === "rejected") continue;
          memories[to] = judgement.memory;
          checkGrowth(before, judgement.memory);
          checkEpoch(before, judgement.memory, echoed);
          const storeId = said.from?.store.storeId;
          if (storeId === undefined) continue;
          expect(storeId).not.toBe("local");
          expect(gone.has(storeId)).toBe(false);
          expect(countedFor.get(storeId) ?? expected.regionId).toBe(expected.regionId);
          countedFor.set(storeId, expected.regionId);
          expect(judgement.memory.mark?.storeId).toBe(storeId);
          if (judgement.replacedStore !== undefined) gone.add(judgement.replacedStore);
        }
        const names = memories.map(({ reportedRegion }) => reportedRegion).filter((name) => name !== undefined);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

function checkGrowth(before: PeerMemory, after: PeerMemory): void {
  expect(after.replaced.slice(0, before.replaced.length)).toEqual(before.replaced);
  if (before.mark === undefined || before.mark.storeId !== after.mark?.storeId) return;
  expect(after.mark.position).toBeGreaterThanOrEqual(before.mark.position);
}

/** A store restored from the past must hear our highest mark before we forget it. */
function checkEpoch(before: PeerMemory, after: PeerMemory, echoed: StoreMark | undefined): void {
  const known = before.mark;
  if (known === undefined || known.storeId !== after.mark?.storeId || known.epoch === after.mark.epoch) return;
  expect(echoed?.epoch).toBe(known.epoch);
  expect(echoed?.position).toBeGreaterThanOrEqual(known.position);
}
