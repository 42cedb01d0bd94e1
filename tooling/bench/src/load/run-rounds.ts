import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LoadRun } from "./closed-loop.ts";
import type { Contestant, ContestantName, Deployment } from "./contestant.ts";

export interface RoundsPlan {
  readonly rounds: number;
  readonly callers: readonly number[];
  readonly seconds: number;
}

/** One run, and whose it was. */
export interface Measured extends LoadRun {
  readonly contestant: ContestantName;
  readonly callers: number;
  readonly round: number;
}

/** Before anything counts, code is compiled and connections are open. */
const WARM_UP_SECONDS_MAX = 2;
const WARM_UP_CALLERS = 16;

/**
 * Measures every contestant once a round, each with fresh processes and empty logs. Rounds alternate, and each begins with
 * another contestant, so that a machine that grows slower or faster does so for all alike.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  plan: RoundsPlan,
  folder: string,
  progress: (line: string) => void,
): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const contestant of rotated(contestants, round - 1)) {
      progress(`round ${round} of ${plan.rounds}: ${contestant.name}`);
      measured.push(...(await runOnce(contestant, round, plan, join(folder, `${contestant.name}-${round}`))));
    }
  }
  return measured;
}

async function runOnce(
  contestant: Contestant,
  round: number,
  { callers, seconds }: RoundsPlan,
  folder: string,
): Promise<readonly Measured[]> {
  await mkdir(folder);
  const deployment = await contestant.start(folder);
  const warmUp = { callers: WARM_UP_CALLERS, seconds: Math.min(seconds, WARM_UP_SECONDS_MAX) };
  const measured: Measured[] = [];
  let submitted = 0;
  try {
    submitted += (await deployment.load(warmUp)).receipts;
    for (const each of callers) {
      const run = await deployment.load({ callers: each, seconds });
      measured.push({ contestant: contestant.name, callers: each, round, ...run });
      submitted += run.receipts;
    }
  } catch (error) {
    await deployment.stop().catch(() => undefined); // the first error says more
    throw error;
  }
  await stopComplete(contestant, deployment, submitted);
  await rm(folder, { recursive: true });
  return measured;
}

/** Speed at which something gets lost is no speed. */
async function stopComplete(contestant: Contestant, deployment: Deployment, submitted: number): Promise<void> {
  const held = await deployment.stop();
  if (held.every((rows) => rows === submitted)) return;
  throw new Error(`${contestant.name}: of ${submitted} receipts the regions hold ${held.join(", ")}`);
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
