import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startInProcess } from "../in-process/in-process.ts";
import { closedLoop, type LoadPlan, type LoadRun } from "../load/closed-loop.ts";
import type { ContestantName, LosingDeployment } from "../load/contestant.ts";
import { rate } from "../load/run-rounds.ts";
import { stopComplete } from "../load/stop-complete.ts";
import { residentMb } from "../machine/resident-memory.ts";
import { loopback } from "../regions/network.ts";
import type { Reporter } from "../report/reporter.ts";
import { loadOverStreams, startSidecarRegions } from "../sidecar/sidecar.ts";

/** A region is away while many receipts are submitted, and comes back. */
export interface BacklogFigures {
  readonly contestant: ContestantName;
  /** What it missed. */
  readonly receipts: number;
  /** While it was away. */
  readonly submittedPerSecond: number;
  /** Resident memory of the process that all of it was submitted to: a moment later, and when it has been calm for a while. */
  readonly loadedMb: number;
  readonly calmMb: number | undefined;
  /** From when it is back until the first of it has arrived. */
  readonly noticedMs: number;
  /** From then on until it held everything, while others went on submitting. */
  readonly catchUpPerSecond: number;
  /** Of single receipts of 8 callers: with all regions there, and while one catches up. */
  readonly liveP99Ms: { readonly before: number; readonly during: number };
}

export interface BacklogPlan {
  readonly backlog: number;
  /** Of a single run. */
  readonly seconds: number;
}

const LIVE = { callers: 8, batch: 1, ids: "v7" } as const;

/** The fastest way to submit many. */
const BULK = { callers: 8, batch: 100, ids: "v7" } as const;

/** Times as long as a single run: it is not repeated. */
const LIVE_SECONDS = 5;

const SETTLED_MS = 2_000;

/** A sidecar gives memory back after half a minute of calm; a short run does not wait for it, and a library gives nothing back. */
const CALM_MS = 35_000;
const CALM_SECONDS_MIN = 1;

/** A rate below 500/s is a fault. */
const SECONDS_PER_RECEIPT_MAX = 1 / 500;
const CATCH_UP_SECONDS_MIN = 60;

export async function measureBacklogs(
  plan: BacklogPlan,
  folder: string,
  { progress, failed }: Reporter,
): Promise<readonly BacklogFigures[]> {
  const contestants = [
    ["in-process", (own: string) => startInProcess(own, loopback), 0],
    ["sidecar", (own: string) => startSidecarRegions(own, loopback, batchesOverStreams), CALM_MS],
  ] as const;
  const figures: BacklogFigures[] = [];
  for (const [contestant, start, calmMs] of contestants) {
    const own = join(folder, contestant);
    await mkdir(own);
    const deployment = await start(own);
    try {
      const wait = plan.seconds >= CALM_SECONDS_MIN ? calmMs : 0;
      const figure = await measure(deployment, plan, wait, (line) => progress(`${contestant}: ${line}`));
      figures.push({ contestant, ...figure });
    } catch (error) {
      failed(`${contestant}, backlog`, error);
      // It failed before, and that says more.
      await deployment.stop().catch(() => undefined);
    }
  }
  return figures;
}

/** Each kind of load in the way that suits it. */
const batchesOverStreams: typeof loadOverStreams = (client, plan, appUrl) =>
  plan.batch > 1 ? loadOverStreams(client, plan, appUrl) : closedLoop(client, plan);

async function measure(
  deployment: LosingDeployment,
  { backlog, seconds }: BacklogPlan,
  calmMs: number,
  progress: (line: string) => void,
): Promise<Omit<BacklogFigures, "contestant">> {
  const live = async (until: LoadPlan["until"]): Promise<LoadRun> =>
    deployment.load({ ...LIVE, until, ends: "everywhere" });
  const warmUp = await live({ kind: "seconds", seconds: seconds * LIVE_SECONDS });
  const before = await live({ kind: "seconds", seconds: seconds * LIVE_SECONDS });
  await deployment.lose();
  progress(`submitting ${backlog} receipts while a region is away`);
  const bulk = await deployment.load({ ...BULK, until: { kind: "receipts", receipts: backlog }, ends: "answered" });
  await sleep(SETTLED_MS);
  const loadedMb = await residentMb(deployment.pid);
  await sleep(calmMs);
  const calmMb = calmMs > 0 ? await residentMb(deployment.pid) : undefined;
  progress("it is back");
  await deployment.recover();
  const secondsMax = Math.max(CATCH_UP_SECONDS_MIN, backlog * SECONDS_PER_RECEIPT_MAX);
  const during = await live({ kind: "caughtUp", secondsMax });
  await stopComplete(deployment, warmUp.receipts + before.receipts + bulk.receipts + during.receipts);
  const noticed = during.noticed ?? { afterMs: 0, missing: bulk.receipts };
  return {
    receipts: bulk.receipts,
    submittedPerSecond: rate(bulk),
    loadedMb,
    calmMb,
    noticedMs: noticed.afterMs,
    catchUpPerSecond: rate({ receipts: noticed.missing, tookMs: during.tookMs - noticed.afterMs }),
    liveP99Ms: { before: before.p99Ms, during: during.p99Ms },
  };
}
