import type { Append, ReceiptStore } from "@rsync/core";
import { foreignAppend as foreign, ownAppend as own } from "@rsync/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { StoreTwin } from "./store-twin.ts";
import { temporaryLog } from "./temporary-log.ts";

/** Few ids and contents, so that duplicates, upgrades, stale states and conflicts are the rule. */
const anAppend: fc.Arbitrary<Append> = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d"),
    content: fc.constantFrom(0, 0, 0, 1),
    committed: fc.boolean(),
    origin: fc.constantFrom("own", "own", "far", "near", "seed-style"),
    seq: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ id, content, committed, origin, seq }) => {
    if (origin === "own") return own(id, { content, committed });
    return foreign(id, origin === "seed-style" ? { content, committed } : { content, committed, store: origin, seq });
  });

/** A list of calls made at once, or an event between them. */
const aStep = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.array(anAppend, { maxLength: 4 }), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant("reopen" as const) },
  { weight: 1, arbitrary: fc.constant("renew" as const) },
);

async function compare(store: ReceiptStore, twin: StoreTwin): Promise<void> {
  expect(await store.list({ after: 0, ownOnly: false, rowsMax: 1000, bytesMax: 1e9 })).toEqual(twin.rows);
  expect(await store.list({ after: 2, ownOnly: true, rowsMax: 1000, bytesMax: 1e9 })).toEqual(twin.ownAfter(2));
  const recorded = await store.conflicts({ limit: 1000 });
  expect(recorded).toEqual(twin.conflicts.map((conflict) => ({ ...conflict, recordedAt: expect.any(String) })));
  expect(await store.count()).toEqual({ rows: twin.rows.length, own: twin.ownAfter(0).length });
  for (const position of [0, 1, 3, 7]) expect(await store.countOwnAfter(position)).toBe(twin.ownAfter(position).length);
  for (const id of ["a", "b", "c", "d", "e"]) expect(await store.get(id)).toEqual(twin.get(id));
  expect(store.introduction().store.position).toBe(twin.rows.length);
}

it("answers whatever is appended, in whatever order, as its slow twin does", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 10 }), async (steps) => {
      const log = temporaryLog();
      try {
        let store = await log.open();
        const twin = new StoreTwin(store.introduction().store.storeId);
        let renewed = false;
        for (const step of steps) {
          if (step === "reopen") {
            await store.close();
            store = await log.open();
            renewed = false;
          } else if (step === "renew") {
            await store.renew();
            if (!renewed) twin.renew(store.introduction().store.storeId);
            renewed = true;
          } else {
            const results = await Promise.all(step.map((call) => store.append(call)));
            expect(results).toEqual(step.map((call) => call.map((item) => twin.append(item))));
          }
        }
        await compare(store, twin);
      } finally {
        await log.remove();
      }
    }),
    { numRuns: 25 },
  );
});
