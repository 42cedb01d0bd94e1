import { mkdir } from "node:fs/promises";
import { join } from "node:path";
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
const WARM_UP = { callers: 16, batch: 1, ids: "v7", ends: "everywhere" } as const;
const WARM_UP_SECONDS = 3;

/**
 * Measures the contestants in turns: a short run of each with the same number of callers, one after the other, so that a
 * machine that grows slower or faster does so for all alike. While one runs, the others are idle.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  plan: RoundsPlan,
  folder: string,
  progress: (line: string) => void,
): Promise<readonly Measured[]> {
  const running: Running[] = [];
  try {
    for (const contestant of contestants) {
      progress(`starting ${contestant.name}`);
      running.push(await start(contestant, join(folder, contestant.name), Math.min(WARM_UP_SECONDS, plan.seconds * 3)));
    }
    const measured = await alternate(running, plan, progress);
    await Promise.all(running.splice(0).map((each) => stopComplete(each.deployment, each.submitted)));
    return measured;
  } finally {
    // Only where something failed before, and that says more.
    await Promise.allSettled(running.map(({ deployment }) => deployment.stop()));
  }
}

async function start({ name, start }: Contestant, folder: string, warmUpSeconds: number): Promise<Running> {
  await mkdir(folder);
  const deployment = await start(folder);
  const { receipts } = await deployment.load({ ...WARM_UP, until: { kind: "seconds", seconds: warmUpSeconds } });
  return { name, deployment, submitted: receipts };
}

async function alternate(
  running: readonly Running[],
  { rounds, shapes, seconds }: RoundsPlan,
  progress: (line: string) => void,
): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    for (const shape of shapes) {
      for (const contestant of rotated(running, round)) {
        const run = await contestant.deployment.load({
          ...shape,
          until: { kind: "seconds", seconds },
          ends: "everywhere",
        });
        contestant.submitted += run.receipts;
        measured.push({ contestant: contestant.name, shape, round, ...run });
      }
    }
  }
  return measured;
}

/** Whoever comes first in one round comes last in another. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
