import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PositionQueue } from "../../src/lane/position-queue.ts";
import { UnreadRanges } from "../../src/lane/unread-ranges.ts";

function drain(queue: PositionQueue<{ position: number }>): number[] {
  const positions: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) positions.push(item.position);
  return positions;
}

describe("a queue in the order of positions", () => {
  test("is a sorted list from which the first is taken, whatever is put in", () => {
    const inserted = fc.oneof(fc.nat(20), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(inserted, { maxLength: 60, size: "max" }), (script) => {
        const queue = new PositionQueue<{ position: number }>();
        let twin: number[] = [];
        for (const position of script) {
          if (position === undefined) {
            expect(queue.shift()?.position).toBe(twin[0]);
            twin = twin.slice(1);
          } else {
            queue.insert({ position });
            twin = [...twin, position].sort((one, other) => one - other);
          }
          expect(queue.size).toBe(twin.length);
          expect(queue.first()?.position).toBe(twin[0]);
        }
        expect(drain(queue)).toEqual(twin);
      }),
    );
  });

  test("forgets what was taken from it, also in a long life", () => {
    const queue = new PositionQueue<{ position: number }>();
    for (let position = 1; position <= 5_000; position += 1) queue.insert({ position });
    for (let position = 1; position <= 4_000; position += 1) expect(queue.shift()?.position).toBe(position);
    queue.insert({ position: 7 });
    expect(queue.size).toBe(1_001);
    expect(drain(queue).slice(0, 3)).toEqual([7, 4_001, 4_002]);
  });
});

/** Reads everything that is unread, a few positions at a time, and returns the positions looked at. */
function readAll(unread: UnreadRanges, step: number): Set<number> {
  const looked = new Set<number>();
  for (let range = unread.first(); range !== undefined; range = unread.first()) {
    const through = Math.min(range.after + step, range.through);
    for (let position = range.after + 1; position <= through; position += 1) looked.add(position);
    unread.read({ after: range.after, through });
  }
  return looked;
}

describe("stretches of the log that nobody has read yet", () => {
  test("a start and rows left in order: all of them are read, and nothing that was taken", () => {
    const arrivals = fc.array(fc.tuple(fc.boolean(), fc.nat(2)), { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(fc.nat(5), arrivals, fc.integer({ min: 1, max: 7 }), (through, script, step) => {
        const unread = new UnreadRanges({ after: 2, through });
        const left = new Set<number>();
        const taken = new Set<number>();
        for (let position = 3; position <= through; position += 1) left.add(position);
        let position = through;
        for (const [leave, gap] of script) {
          position += 1 + gap;
          (leave ? left : taken).add(position);
          if (leave) unread.leave(position);
          else unread.taken();
        }
        const looked = readAll(unread, step);
        expect([...left].filter((position) => !looked.has(position))).toEqual([]);
        expect([...taken].filter((position) => looked.has(position))).toEqual([]);
      }),
    );
  });

  test("rows left in any order are all read, the lowest first", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 200, size: "max" }), (script) => {
        const unread = new UnreadRanges({ after: 0, through: 0 });
        for (const position of script) {
          unread.leave(position);
          if (position % 3 === 0) unread.taken();
        }
        expect(unread.first()?.after).toBe(script.length === 0 ? undefined : Math.min(...script) - 1);
        const looked = readAll(unread, 5);
        expect(script.filter((position) => !looked.has(position))).toEqual([]);
      }),
    );
  });

  test("a flapping memory costs a bounded number of stretches, and loses none", () => {
    const unread = new UnreadRanges({ after: 0, through: 0 });
    for (let position = 1; position <= 1_000; position += 2) {
      unread.leave(position);
      unread.taken();
    }
    let stretches = 0;
    const looked = new Set<number>();
    for (let range = unread.first(); range !== undefined; range = unread.first()) {
      stretches += 1;
      for (let position = range.after + 1; position <= range.through; position += 1) looked.add(position);
      unread.read(range);
    }
    expect(stretches).toBe(64);
    for (let position = 1; position <= 1_000; position += 2) expect(looked.has(position)).toBe(true);
  });
});
