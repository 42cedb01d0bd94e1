/** A simulation drawn from its seed: each run has other regions, rules, speeds, and other faults (a swarm). */
import type { QuorumInput } from "@rsync/core";
import { isQuorum } from "./checkers/is-quorum.ts";
import type { DiskSpeed } from "./disk/store-host.ts";
import { Draw } from "./draw.ts";
import { themed } from "./draw-theme.ts";
import { FAULT_KINDS, type FaultKind } from "./faults/fault-kind.ts";
import type { SimulatedRegion, SimulationOptions, WorkKind } from "./options.ts";
import type { SimulatedLaneLimits } from "./process/simulated-process.ts";
import { serviceMs } from "./service-time.ts";
import { BURSTS } from "./workload/workload.ts";

/** The same seed always draws the same. */
export function drawOptions(seed: number): SimulationOptions {
  const draw = new Draw(seed, "options");
  const voters = drawRegions(draw);
  const quorum = drawQuorum(draw, voters);
  const retryBackoffInitialMs = draw.pick([50, 200, 1_000]);
  const contained = draw.chance(0.3);
  const diskSpeed = drawDisk(draw);
  const latencyMs = draw.pick([
    { min: 0.2, max: 1 },
    { min: 1, max: 40 },
    { min: 20, max: 120 },
  ]);
  const laneLimits = drawLimits(draw);
  const oneMs = Math.ceil(serviceMs({ diskSpeed, latencyMs }));
  const singlesOnly = voters.map(({ regionId }) => regionId).filter(() => draw.chance(0.1));
  const perRoundTrip = receiptsPerRoundTrip(laneLimits, singlesOnly.length > 0);
  const burstMax = draw.chance(0.5) ? 1 : Math.min(12, 4 * perRoundTrip);
  const calls = draw.integer(10, burstMax === 1 ? 50 : 25);
  const drawn: SimulationOptions = {
    voters,
    quorum,
    waitFor: draw.chance(0.2) ? "all" : "quorum",
    timeoutMs: Math.max(40 * oneMs, draw.pick([2_000, 5_000, 30_000])),
    regionTimeoutMs: Math.max(4 * oneMs, draw.pick([300, 1_000, 5_000])),
    maxRetries: draw.integer(1, 4),
    retryBackoffInitialMs,
    retryBackoffMaxMs: retryBackoffInitialMs * draw.pick([1, 4, 8]),
    retryJitter: draw.pick(["none", "full", "equal"]),
    protocol: draw.chance(0.3) ? "strict" : "auto",
    laneLimits,
    recentReceiptsMax: draw.pick([0, 3, 100]),
    diskSpeed,
    latencyMs,
    faults: drawFaults(draw, contained),
    frail: drawFrail(draw, voters, quorum, contained),
    singlesOnly,
    faultsMs: Math.max(
      (6 * calls * receiptsPerCall(burstMax) * oneMs) / perRoundTrip,
      draw.pick([10_000, 30_000, 60_000]),
    ),
    calls,
    burstMax,
    workload: drawWorkload(draw),
    calmMs: 0,
    replays: true,
  };
  return themed(drawn, new Draw(seed, "theme"));
}

/** What one lane delivers in the time of one request, when all is well. */
function receiptsPerRoundTrip(limits: SimulatedLaneLimits, singles: boolean): number {
  const { windowMax, requestsInFlightMax, batchReceiptsMax, batchBytesMax } = limits;
  const perRequest = singles ? 1 : Math.min(batchReceiptsMax, Math.max(1, Math.floor(batchBytesMax / 400)), 4);
  return (requestsInFlightMax < 4 * windowMax ? 1 : windowMax) * perRequest;
}

function receiptsPerCall(burstMax: number): number {
  return burstMax === 1 ? 1 : 1 + (BURSTS * burstMax) / 2;
}

function drawRegions(draw: Draw): SimulatedRegion[] {
  const count = draw.pick([2, 3, 3, 3, 4, 5]);
  const weighted = draw.chance(0.3);
  const zones = draw.pick([1, 2, 3]);
  const preferred = draw.chance(0.4);
  return Array.from({ length: count }, (_, index) => ({
    regionId: `r${index + 1}`,
    weight: weighted ? draw.integer(index === 0 ? 1 : 0, 3) : 1,
    zone: `z${(index % zones) + 1}`,
    priority: preferred ? draw.integer(0, 2) : 0,
  }));
}

function drawQuorum(draw: Draw, voters: readonly SimulatedRegion[]): QuorumInput | number {
  const voting = voters.filter(({ weight }) => weight > 0);
  const total = voting.reduce((sum, { weight }) => sum + weight, 0);
  const zones = new Set(voting.map(({ zone }) => zone)).size;
  const [first, second, ...rest] = voting;
  const kind = draw.pick(["majority", "majority", "all", "number", "zones", "group"] as const);
  if (kind === "zones") return { threshold: draw.integer(1, total), minZones: draw.integer(1, zones) };
  if (kind === "number") return draw.integer(Math.min(2, total), total);
  if (kind === "all") return "all";
  if (kind === "majority" || first === undefined || second === undefined || rest.length === 0) return "majority";
  const pair = { threshold: 1, of: [{ region: first.regionId }, { region: second.regionId }], label: "pair" };
  const others = rest.map(({ regionId }) => ({ region: regionId }));
  return { threshold: 2, of: [pair, { threshold: 1, of: others, label: "others" }] };
}

function drawLimits(draw: Draw): SimulatedLaneLimits {
  const cooldownInitialMs = draw.pick([500, 2_000, 5_000]);
  const windowMax = draw.pick([1, 2, 4]);
  return {
    windowMax,
    singlesWindowMax: windowMax * draw.pick([1, 4]),
    requestsInFlightMax: draw.pick([1, 2, 4, 64, 64, 64]),
    batchReceiptsMax: draw.pick([1, 2, 5, 100, 100]),
    batchBytesMax: draw.pick([800, 2_000, 512 * 1024, 512 * 1024]),
    queuedReceiptsMax: draw.pick([1, 3, 1_000]),
    readRowsMax: draw.pick([1, 2, 16]),
    cooldownInitialMs,
    cooldownMaxMs: cooldownInitialMs * draw.pick([1, 4]),
    pauseProbeMs: draw.pick([1_000, 10_000]),
  };
}

function drawDisk(draw: Draw): DiskSpeed {
  return {
    writeMs: { min: 0.05, max: draw.pick([0.2, 2]) },
    fsyncMs: { min: 0.1, max: draw.pick([0.5, 5, 30]) },
    readMs: { min: 0, max: draw.pick([0, 0, 2]) },
  };
}

/**
 * Each kind is on in about a third of the runs, and none at all in a few. A region with swapped endpoints may show one what
 * another remembers; one that does not know that other yet refills, to be safe, and can not be expected to commit.
 */
function drawFaults(draw: Draw, contained: boolean): Partial<Record<FaultKind, number>> {
  const faults: Partial<Record<FaultKind, number>> = {};
  const share = draw.pick([0, 0.15, 0.3, 0.3, 0.5]);
  for (const kind of FAULT_KINDS) {
    const perMinute = draw.pick([1, 3, 8]);
    if (draw.chance(share) && !(contained && kind === "swappedEndpoints")) faults[kind] = perMinute;
  }
  return faults;
}

/** All regions, or so few that the others are still a quorum. */
function drawFrail(
  draw: Draw,
  voters: readonly SimulatedRegion[],
  quorum: QuorumInput | number,
  contained: boolean,
): string[] {
  const ids = voters.map(({ regionId }) => regionId);
  if (!contained) return ids;
  const sturdy = new Set(ids);
  for (const regionId of draw.shuffled(ids)) {
    sturdy.delete(regionId);
    if (!isQuorum({ quorum, voters }, sturdy) || sturdy.size < 2) sturdy.add(regionId);
  }
  const frail = ids.filter((regionId) => !sturdy.has(regionId));
  return frail.length > 0 ? frail : ids;
}

function drawWorkload(draw: Draw): Record<WorkKind, number> {
  const some = (most: number): number => (draw.chance(0.5) ? draw.integer(1, most) : 0);
  return {
    submit: 10,
    again: some(3),
    upgrade: some(4),
    stale: some(2),
    elsewhere: some(3),
    otherContent: some(4),
    twins: some(3),
    await: some(4),
    verify: some(2),
    inspect: some(2),
    status: some(1),
    letters: some(1),
    replay: some(3),
    discard: draw.chance(0.3) ? 1 : 0,
    acceptLoss: 0,
  };
}
