/** A scenario of its own: one region is away for four days, at one receipt a minute, and comes back. */
import { convergenceBoundMs, stillOwed } from "./convergence.ts";
import { drawOptions } from "./draw-options.ts";
import { allUp, closeAll } from "./operators.ts";
import type { SimulationOptions } from "./options.ts";
import { serviceMs } from "./service-time.ts";
import type { Violation } from "./violation.ts";
import { World, type WorldParts } from "./world.ts";

const MINUTE_MS = 60_000;
const DAYS = 4;

/** How the region that was away got everything. */
export interface FourDaysReport {
  readonly violation: Violation | undefined;
  readonly receipts: number;
  /** Told committed, of those submitted while it was away. */
  readonly commits: number;
  /** From its return until it had everything. */
  readonly caughtUpAfterMs: number;
  readonly virtualMs: number;
}

/** Runs it with all checkers on. Memory for live receipts is small, so that nearly all of the backlog is read from the log. */
export async function fourDaysAway(parts: Omit<WorldParts, "options">): Promise<FourDaysReport> {
  const world = new World({ ...parts, options: fourDaysOptions(parts.seed) });
  const { time, referee, sites } = world;
  for (const site of sites.values()) site.start();
  await time.runUntil(5_000, () => allUp(world));
  const comeBack = world.site("r3").keepDown();
  for (let minute = 0; minute < DAYS * 24 * 60; minute += 1) {
    time.after(minute * MINUTE_MS, () => world.workload.submitNew(world.site(minute % 2 === 0 ? "r1" : "r2")));
  }
  await time.runUntil(time.nowMs + DAYS * 24 * 60 * MINUTE_MS);
  const commits = world.book.calls.filter(({ told }) => told?.kind === "result" && told.outcome === "committed").length;
  if (commits !== world.book.calls.length)
    referee.object("healthy-quorum-commits", "a receipt did not commit meanwhile");
  comeBack();
  const backMs = time.nowMs;
  const boundMs = convergenceBoundMs(world);
  await time.runUntil(backMs + boundMs, () => stillOwedNow(world, backMs));
  const caughtUpAfterMs = time.nowMs - backMs;
  const owed = stillOwed(world);
  if (owed !== undefined) referee.object("convergence", `${owed} ${boundMs.toFixed(0)} ms after it came back`);
  const left = await closeAll(world);
  if (left !== undefined) referee.object("bounds", left);
  referee.see({ kind: "ended" });
  const receipts = world.workload.submitted.length;
  return { violation: referee.violation, receipts, commits, caughtUpAfterMs, virtualMs: time.nowMs };
}

/** Looking at every disk after every event would take longer than the four days. */
function stillOwedNow(world: World, sinceMs: number): boolean {
  const everyMs = 50 * serviceMs(world.options);
  const { nowMs } = world.time;
  if (Math.floor((nowMs - sinceMs) / everyMs) === Math.floor((world.lookedMs - sinceMs) / everyMs)) return false;
  world.lookedMs = nowMs;
  return stillOwed(world) === undefined;
}

function fourDaysOptions(seed: number): SimulationOptions {
  const voters = ["r1", "r2", "r3"].map((regionId) => ({ regionId, weight: 1, zone: undefined, priority: 0 }));
  const drawn = drawOptions(seed);
  return {
    ...drawn,
    voters,
    quorum: "majority",
    waitFor: "quorum",
    laneLimits: { ...drawn.laneLimits, queuedReceiptsMax: 10, readRowsMax: 16 },
    faults: {},
    singlesOnly: [],
    burstMax: 1,
    calmMs: 0,
    replays: true,
    frail: ["r3"],
  };
}
