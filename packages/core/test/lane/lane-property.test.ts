import fc from "fast-check";
import { describe, test } from "vitest";
import type { LaneRules } from "../../src/lane/lane.ts";
import { heal } from "./heal-world.ts";
import { FORBIDDEN, INTERNAL, ROW_BYTES, RULES, status, TIMEOUT, UNREACHABLE } from "./lane-parts.ts";
import type { RegionTraits } from "./lane-region.ts";
import { LaneWorld } from "./lane-world.ts";

type Action = (world: LaneWorld) => void;

/** Small enough that memory overflows, batches fill and the lane opens within a few events. */
const rules: fc.Arbitrary<LaneRules> = fc
  .record({
    windowMax: fc.constantFrom(1, 2, 4),
    receiptsPerRequestMax: fc.constantFrom(1, 3),
    requestBytesMax: fc.constantFrom(ROW_BYTES - 1, ROW_BYTES * 2, 1_000_000),
    queuedReceiptsMax: fc.constantFrom(1, 2, 50),
    queuedBytesMax: fc.constantFrom(ROW_BYTES - 1, ROW_BYTES, ROW_BYTES * 3, 1_000_000),
    readRowsMax: fc.constantFrom(1, 2, 50),
    singlesWindowMax: fc.constantFrom(4, 6),
    suspectAfterFailures: fc.constantFrom(2, 4),
    gatherMs: fc.constantFrom(0, 2, 1_000),
    besideLiveRestMs: fc.constantFrom(0, 0.02, 20),
  })
  .map((limits) => ({ ...RULES, ...limits }));

const region: fc.Arbitrary<Partial<RegionTraits>> = fc.record({
  poison: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
  poisonFault: fc.constantFrom(INTERNAL, TIMEOUT),
  poisonsItems: fc.boolean(),
  receiptsMax: fc.constantFrom(1, 2, 100),
  takesBatches: fc.boolean(),
});

/** Reaches into what is outstanding, so that answers come in any order, late ones included. */
const index = fc.nat(3);

const faults = fc.constantFrom(UNREACHABLE, INTERNAL, TIMEOUT, status(503), status(429, 10_000), status(503, 900_000));

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(2), fc.nat(4)).map(
      ([gap, chance]) =>
        (world: LaneWorld) =>
          world.append(gap, chance === 0),
    ),
  },
  { weight: 6, arbitrary: index.map((at) => (world: LaneWorld) => world.reply(at)) },
  { weight: 2, arbitrary: index.map((at) => (world: LaneWorld) => world.reply(at, (position) => position % 3 === 0)) },
  { weight: 1, arbitrary: index.map((at) => (world: LaneWorld) => world.reply(at, () => false, at)) },
  {
    weight: 5,
    arbitrary: fc.tuple(index, faults).map(
      ([at, fault]) =>
        (world: LaneWorld) =>
          world.fail(at, fault, "retry"),
    ),
  },
  { weight: 1, arbitrary: index.map((at) => (world: LaneWorld) => world.fail(at, FORBIDDEN, "pause")) },
  { weight: 1, arbitrary: index.map((at) => (world: LaneWorld) => world.abort(at)) },
  {
    weight: 4,
    arbitrary: fc.tuple(index, fc.integer({ min: 1, max: 3 })).map(
      ([at, max]) =>
        (world: LaneWorld) =>
          world.answerRead(at, max),
    ),
  },
  { weight: 1, arbitrary: index.map((at) => (world: LaneWorld) => world.failRead(at)) },
  { weight: 3, arbitrary: index.map((at) => (world: LaneWorld) => world.buried(at)) },
  { weight: 1, arbitrary: index.map((at) => (world: LaneWorld) => world.buryFailed(at)) },
  { weight: 1, arbitrary: fc.constant((world: LaneWorld) => world.heard()) },
  { weight: 1, arbitrary: fc.constant((world: LaneWorld) => world.wake()) },
  { weight: 1, arbitrary: fc.nat(2).map((letter) => (world: LaneWorld) => world.replay(letter)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY).map((turns) => (world: LaneWorld) => {
      world.turns = turns;
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(30)
      .map((cursor) => (world: LaneWorld) => world.storeChanged(Math.min(cursor, world.lastPosition))),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1, 999, 1_000, 4_000, 40_000).map((forMs) => (world: LaneWorld) => world.pass(forMs)),
  },
);

describe("a lane between a faulty region, a faulty log and a clock", () => {
  test("L1 to L5 hold after every step, all that is owed arrives once the region is well, and poison is parked, nothing else", () => {
    fc.assert(
      fc.property(
        rules,
        fc.nat(6),
        fc.nat(2),
        region,
        fc.array(actions, { maxLength: 60, size: "max" }),
        (limits, owed, foreign, traits, script) => {
          const world = new LaneWorld(limits, { owed, foreign, region: traits });
          for (const action of script) action(world);
          heal(world);
        },
      ),
      { numRuns: 4_000 },
    );
  });

  test("a lane that was away while its memory overflowed owes nothing in the end", () => {
    const growth = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(2)), { maxLength: 4 });
    fc.assert(
      fc.property(rules, growth, (limits, bursts) => {
        const world = new LaneWorld(limits, { owed: 0 });
        for (const [count, answers] of bursts) {
          for (let row = 0; row < count; row += 1) world.append(row % 2);
          for (let answer = 0; answer < answers; answer += 1) world.reply(0);
          world.fail(0, UNREACHABLE, "retry");
          world.answerRead(0);
        }
        heal(world);
      }),
      { numRuns: 500 },
    );
  });
});
