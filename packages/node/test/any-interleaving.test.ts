/** Random submissions, weather, restarts and changes of configuration in virtual time, then healing, then the promise (DESIGN §1). */
import type { LogRow, ReceiptStore } from "@rsync/core";
import type { SyncResult } from "@rsync/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, outliving, REGIONS, receipt } from "./loopback-deployment.ts";
import { batchesUpTo, DOWN, FAIR, noBatches, status, type Weather } from "./loopback-network.ts";

const WEATHERS: readonly Weather[] = [
  FAIR,
  DOWN,
  { kind: "hang" },
  { kind: "slow", delayMs: 700 },
  { kind: "replyLost" },
  { kind: "rejects" },
  status(503, 2_000),
  status(401),
  noBatches(),
  batchesUpTo(1),
  { kind: "items", change: (results) => results.slice(1) },
];

type Step =
  | {
      readonly kind: "submit";
      readonly at: string;
      readonly id: number;
      readonly ticks: number;
      readonly committed: boolean;
    }
  | { readonly kind: "weather"; readonly at: string; readonly weather: number }
  | { readonly kind: "restart" | "reconfigure" | "replace"; readonly at: string }
  | { readonly kind: "advance"; readonly ms: number };

const region = fc.constantFrom(...REGIONS);

function steps(contents: number, withReplacement: boolean): fc.Arbitrary<readonly Step[]> {
  const submit = fc.record({
    kind: fc.constant("submit" as const),
    at: region,
    id: fc.nat(6),
    ticks: fc.nat(contents - 1),
    committed: fc.boolean(),
  });
  const weather = fc.record({
    kind: fc.constant("weather" as const),
    at: region,
    weather: fc.nat(WEATHERS.length - 1),
  });
  const kinds = withReplacement
    ? (["restart", "reconfigure", "replace"] as const)
    : (["restart", "reconfigure"] as const);
  const life = fc.record({ kind: fc.constantFrom(...kinds), at: region });
  const advance = fc.record({
    kind: fc.constant("advance" as const),
    ms: fc.constantFrom(0, 100, 1_000, 5_000, 40_000),
  });
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: submit },
      { weight: 3, arbitrary: weather },
      { weight: 1, arbitrary: life },
      { weight: 3, arbitrary: advance },
    ),
    { minLength: 1, maxLength: 40 },
  );
}

class Run {
  readonly deployment = new LoopbackDeployment();
  readonly checks: Promise<string | undefined>[] = [];
  /** Every store that ever was, with its region: an acknowledgement may be on its way when the disk behind it dies. */
  readonly #stores: (readonly [region: string, store: ReceiptStore])[] = [];
  readonly #replaced = new Set<string>();

  async start(): Promise<void> {
    for (const id of REGIONS) await this.#start(id);
  }

  async take(step: Step): Promise<void> {
    const { deployment } = this;
    switch (step.kind) {
      case "submit": {
        const { ticks, committed } = step;
        const call = deployment
          .manager(step.at)
          .syncReceipt(receipt(step.id, { ticks, committed }), { timeout: "20s" });
        this.checks.push(call.then((result) => this.#check(step.at, result)));
        await deployment.clock.settle();
        return;
      }
      case "weather":
        deployment.setWeather(step.at, WEATHERS[step.weather] ?? FAIR);
        return;
      case "advance":
        await deployment.clock.advance(step.ms);
        return;
      case "reconfigure": {
        const others = REGIONS.filter((other) => other !== step.at);
        await deployment.manager(step.at).reconfigure(deployment.config(step.at, others, { maxRetries: 4 }));
        return;
      }
      case "restart":
        await deployment.stop(step.at);
        await this.#start(step.at);
        return;
      case "replace":
        // One region at most loses its disk: more would lose receipts that nobody else has.
        if (this.#replaced.size > 0) return;
        this.#replaced.add(step.at);
        await deployment.stop(step.at);
        deployment.stores.delete(step.at);
        await this.#start(step.at);
    }
  }

  /** "Committed" means that stores of a quorum of regions have held these very bytes, at the moment it is said. */
  async #check(at: string, { outcome, digest, receiptId, committed }: SyncResult): Promise<string | undefined> {
    if (outcome !== "committed") return undefined;
    const holders = new Set<string>();
    for (const [region, store] of this.#stores) {
      const row = await store.get(receiptId);
      if (row?.record.digest === digest && (row.record.committed || !committed)) holders.add(region);
    }
    return holders.size >= 2 ? undefined : `${at} said committed of ${receiptId}, held by ${[...holders].join()}`;
  }

  async heal(): Promise<void> {
    const { deployment } = this;
    for (const id of REGIONS) deployment.setWeather(id, FAIR);
    await deployment.clock.advance(400_000);
    expect((await Promise.all(this.checks)).filter((wrong) => wrong !== undefined)).toEqual([]);
  }

  /** I2: every own row of every region is at every other one, or lies in the dead letters for it. */
  async undelivered(): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const [from, store] of this.deployment.stores) {
      const rows = await store.list({ after: 0, ownOnly: true, rowsMax: 1_000, bytesMax: 1_000_000 });
      for (const row of rows)
        for (const to of REGIONS)
          if (!(await this.#settled(from, to, row))) missing.push(`${row.record.receiptId} of ${from} at ${to}`);
      const reports = await this.deployment.manager(from).getSyncStatus();
      for (const report of reports) if (report.missing > 0) missing.push(`${from} says ${report.regionId} misses some`);
    }
    return missing;
  }

  async #settled(from: string, to: string, { record }: LogRow): Promise<boolean> {
    const held = await this.deployment.store(to).get(record.receiptId);
    if (held?.record.digest === record.digest) return held.record.committed || !record.committed;
    const letters = await this.deployment
      .store(from)
      .deadLetters({ regionId: to, receiptId: record.receiptId, limit: 99 });
    return letters.some((letter) => letter.digest === record.digest);
  }

  async #start(id: string): Promise<void> {
    const { deployment } = this;
    const store = deployment.stores.get(id) ?? outliving(deployment.freshStore(id));
    if (!deployment.stores.has(id)) this.#stores.push([id, store]);
    await deployment.start(id, undefined, { store, parts: { laneLimits: { queuedReceiptsMax: 2, readRowsMax: 2 } } });
  }
}

async function holds(script: readonly Step[]): Promise<void> {
  const run = new Run();
  await run.start();
  for (const step of script) await run.take(step);
  await run.heal();
  expect(await run.undelivered()).toEqual([]);
  await run.deployment.close();
  expect(run.deployment.clock.timersPending()).toBe(0);
}

describe("whatever happens, in whatever order", () => {
  it("committed is held by a quorum, and every accepted receipt reaches every region", async () => {
    await fc.assert(fc.asyncProperty(steps(1, false), holds), { numRuns: 60 });
  }, 60_000);

  it("the same with contents that contradict each other", async () => {
    await fc.assert(fc.asyncProperty(steps(2, false), holds), { numRuns: 60 });
  }, 60_000);

  it("the same when a region loses its disk on the way", async () => {
    await fc.assert(fc.asyncProperty(steps(1, true), holds), { numRuns: 60 });
  }, 60_000);
});

describe("known hard orders", () => {
  it("a restart while everything is in flight", async () => {
    const submit = (id: number): Step => ({ kind: "submit", at: EAST, id, ticks: 0, committed: true });
    await holds([
      ...REGIONS.map((at): Step => ({ kind: "weather", at, weather: 3 })),
      ...[0, 1, 2, 3, 4, 5].map(submit),
      { kind: "reconfigure", at: EAST },
      { kind: "restart", at: EAST },
      submit(6),
      ...REGIONS.map((at): Step => ({ kind: "restart", at })),
    ]);
  });
});
