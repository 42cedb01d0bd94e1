import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../report/reporter.ts";
import type { LoadRun } from "./closed-loop.ts";
import type { Contestant, ContestantName, Deployment } from "./contestant.ts";
import type { Shape } from "./shape.ts";
import { stopComplete } from "./stop-complete.ts";

export interface RoundsPlan {
  readonly rounds: number;
  readonly shapes: readonly Shape[];
  /** Of each run. */
  readonly seconds: number;
}

/** One run, and whose it was. */
export interface Measured extends LoadRun {
  readonly contestant: ContestantName;
  readonly shape: Shape;
  readonly round: number;
}

/** Receipts in a second. */
export function rate({ receipts, tookMs }: Pick<LoadRun, "receipts" | "tookMs">): number {
  return (receipts / tookMs) * 1000;
}

/** A contestant whose regions run. */
interface Running {
  readonly name: ContestantName;
  readonly deployment: Deployment;
  submitted: number;
}

/** Before anything counts, code is compiled and connections are open. */
const WARM_UP: Shape = { callers: 16, batch: 1, ids: "v7" };
const WARM_UP_SECONDS = 3;

/**
 * Measures the contestants in turns: a short run of each in the same shape, one after the other, so that a machine that grows
 * slower or faster does so for all alike. While one runs, the others are idle. One that fails is out, with all its runs.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  plan: RoundsPlan,
  folder: string,
  { progress, failed }: Reporter,
): Promise<readonly Measured[]> {
  const running = new Set<Running>();
  const out = async (name: ContestantName, error: unknown, deployment?: Deployment): Promise<void> => {
    failed(name, error);
    // It failed before, and that says more.
    await deployment?.stop().catch(() => undefined);
  };
  for (const contestant of contestants) {
    progress(`starting ${contestant.name}`);
    try {
      running.add(await start(contestant, join(folder, contestant.name), plan));
    } catch (error) {
      await out(contestant.name, error);
    }
  }
  const measured: Measured[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    progress(`round ${round} of ${plan.rounds}`);
    for (const shape of plan.shapes) {
      for (const each of rotated([...running], round)) {
        try {
          measured.push({ contestant: each.name, shape, round, ...(await loadOnce(each, shape, plan)) });
        } catch (error) {
          running.delete(each);
          await out(each.name, error, each.deployment);
        }
      }
    }
  }
  for (const each of running) {
    try {
      await stopComplete(each.deployment, each.submitted);
    } catch (error) {
      running.delete(each);
      await out(each.name, error);
    }
  }
  const complete = new Set([...running].map(({ name }) => name));
  return measured.filter(({ contestant }) => complete.has(contestant));
}

async function start({ name, start }: Contestant, folder: string, { seconds }: RoundsPlan): Promise<Running> {
  await mkdir(folder);
  const running = { name, deployment: await start(folder), submitted: 0 };
  await loadOnce(running, WARM_UP, { seconds: Math.min(WARM_UP_SECONDS, seconds * 3) });
  return running;
}

async function loadOnce(running: Running, shape: Shape, { seconds }: Pick<RoundsPlan, "seconds">): Promise<LoadRun> {
  const run = await running.deployment.load({ ...shape, until: { kind: "seconds", seconds }, ends: "everywhere" });
  running.submitted += run.receipts;
  return run;
}

/** Whoever comes first in one round comes last in another. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
