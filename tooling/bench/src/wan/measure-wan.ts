import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startByHand } from "../by-hand/by-hand.ts";
import { startInProcess } from "../in-process/in-process.ts";
import { closedLoop } from "../load/closed-loop.ts";
import type { ContestantName, Deployment } from "../load/contestant.ts";
import { median } from "../load/percentile.ts";
import type { Network } from "../regions/network.ts";
import { startSidecarRegions } from "../sidecar/sidecar.ts";
import { measureRoundTrip } from "./measure-round-trip.ts";
import { LINKS, NEAREST, WanNetwork } from "./wan-network.ts";

/** What callers wait when the regions are far from each other. */
export interface WanFigures {
  /** Round trips between the regions, as they were meant to be. */
  readonly linksMs: readonly number[];
  /** The shortest one from the first region, as a byte and its echo measured it. */
  readonly nearestMs: number;
  readonly contestants: readonly WanContestant[];
}

interface WanContestant {
  readonly contestant: ContestantName;
  /** Of one caller. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of 64 callers. */
  readonly receiptsPerSecond: number;
}

const CONTESTANTS: readonly (readonly [ContestantName, (folder: string, network: Network) => Promise<Deployment>])[] = [
  ["by-hand", startByHand],
  ["in-process", startInProcess],
  ["sidecar", (folder, network) => startSidecarRegions(folder, network, closedLoop)],
];

const WARM_UP_SECONDS_MAX = 3;

export async function measureWan(
  plan: { readonly rounds: number; readonly seconds: number },
  folder: string,
  progress: (line: string) => void,
): Promise<WanFigures> {
  const nearestMs = await measureRoundTrip(NEAREST.roundTripMs);
  const contestants: WanContestant[] = [];
  for (const [contestant, start] of CONTESTANTS) {
    progress(`regions far from each other: ${contestant}`);
    const own = join(folder, contestant);
    await mkdir(own);
    const wan = new WanNetwork();
    try {
      contestants.push({ contestant, ...(await measure(await start(own, wan.network), plan)) });
    } finally {
      await wan.close();
    }
  }
  return { linksMs: LINKS.map(({ roundTripMs }) => roundTripMs), nearestMs, contestants };
}

async function measure(
  deployment: Deployment,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Omit<WanContestant, "contestant">> {
  const load = (callers: number, loadSeconds: number) =>
    deployment.load({
      callers,
      batch: 1,
      ids: "v7",
      until: { kind: "seconds", seconds: loadSeconds },
      ends: "everywhere",
    });
  await load(16, Math.min(WARM_UP_SECONDS_MAX, seconds * 3));
  const alone = [];
  const many = [];
  for (let round = 1; round <= rounds; round += 1) {
    alone.push(await load(1, seconds));
    many.push(await load(64, seconds));
  }
  await deployment.stop();
  return {
    p50Ms: median(alone.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(alone.map(({ p99Ms }) => p99Ms)),
    receiptsPerSecond: median(many.map(({ receipts, tookMs }) => (receipts / tookMs) * 1000)),
  };
}
