/** A part of all runs bends what was drawn, so that things meet which seldom meet by chance. */
import type { Draw } from "./draw.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import type { SimulationOptions, WorkKind } from "./options.ts";
import { serviceMs } from "./service-time.ts";

/** So many of all runs have a theme. */
const SHARE = 0.5;

type Theme = (options: SimulationOptions, draw: Draw) => SimulationOptions;

export function themed(options: SimulationOptions, draw: Draw): SimulationOptions {
  if (!draw.chance(SHARE)) return options;
  return draw.pick(THEMES)(options, draw);
}

const THEMES: readonly [Theme, ...Theme[]] = [
  poison,
  poisonForAnHour,
  poisonFillsMemory,
  fullOfRefusals,
  refusedByReplaced,
  oldRegions,
  lyingAboutBatches,
  fewRequests,
  hasty,
  lossOnFullDisk,
  reopenedUnderRequests,
  replacedWhileGreeted,
  doubtLost,
  lyingToTheEmpty,
  lossAcceptedEarly,
  momentLost,
];

/** Receipts that spoil the batches of others, and operators who try them again. */
function poison(options: SimulationOptions): SimulationOptions {
  return {
    ...withFaults(options, { poison: 8, itemTrouble: 1, crash: 1, replyLost: 1 }),
    burstMax: Math.max(options.burstMax, 6),
    laneLimits: { ...options.laneLimits, batchReceiptsMax: 100, batchBytesMax: 512 * 1024 },
    workload: withWork(options, { replay: 3, discard: 1, await: 3 }),
  };
}

/** Nobody replays what is cured: it is tried again by itself. Few regions, for an hour is long. */
function poisonForAnHour(options: SimulationOptions): SimulationOptions {
  const poisoned = poison(options);
  return options.voters.length > 3 ? poisoned : { ...poisoned, calmMs: HOUR_OF_CALM_MS, replays: false };
}

/** Longer than it takes until poison is tried again, even if that has just happened. */
const HOUR_OF_CALM_MS = 3_900_000;

/** More is suspected than a lane may set apart, so that poison stays among what is to be sent. Nothing else hides that. */
function poisonFillsMemory(options: SimulationOptions): SimulationOptions {
  const { laneLimits } = options;
  return {
    ...options,
    faults: { poison: 60 },
    calls: Math.max(options.calls, 30),
    burstMax: Math.max(options.burstMax, 6),
    maxRetries: 1,
    retryBackoffInitialMs: 50,
    retryBackoffMaxMs: 200,
    laneLimits: { ...laneLimits, windowMax: 1, batchReceiptsMax: 1, readRowsMax: 1, queuedReceiptsMax: 1_000 },
  };
}

/** Refusals are to be written down while a disk has room for some things and not for others. */
function fullOfRefusals(options: SimulationOptions): SimulationOptions {
  return {
    ...options,
    faults: { fullDisk: 30, crash: 3 },
    calls: Math.max(options.calls, 40),
    workload: withWork(options, { otherContent: 10, twins: 8, await: 3 }),
  };
}

/** A region refuses, is replaced by a store that knows nothing of it, and is asked about. */
function refusedByReplaced(options: SimulationOptions): SimulationOptions {
  return {
    ...withFaults(options, { wipe: 6, partition: 3, oldVersion: 3 }),
    waitFor: "quorum",
    workload: withWork(options, { otherContent: 10, twins: 8, await: 12, discard: 2, replay: 2 }),
  };
}

/** Regions that lose and find the path of batches; a long calm shows whether they are offered batches again. */
function oldRegions(options: SimulationOptions): SimulationOptions {
  const { laneLimits } = options;
  return {
    ...withFaults(options, { oldVersion: 8, muddledReplies: 3, itemTrouble: 3, lie: 3 }),
    burstMax: Math.max(options.burstMax, 4),
    laneLimits: { ...laneLimits, batchReceiptsMax: 5, batchBytesMax: 2_000, queuedReceiptsMax: 1_000 },
    calmMs: CALM_MS,
  };
}

/** Many batches, and lies of every kind about what is in them. */
function lyingAboutBatches(options: SimulationOptions): SimulationOptions {
  const { laneLimits } = options;
  return {
    ...options,
    faults: { lie: 60 },
    ...{ singlesOnly: [], burstMax: 8, calls: 60 },
    laneLimits: { ...laneLimits, windowMax: 1, batchReceiptsMax: 5, batchBytesMax: 2_000, queuedReceiptsMax: 1_000 },
  };
}

/** Longer than a region that knew no batches is given single receipts. */
const CALM_MS = 620_000;

/** Hanging regions take the few requests that all lanes share. */
function fewRequests(options: SimulationOptions, draw: Draw): SimulationOptions {
  const { voters, laneLimits } = options;
  // A region with swapped endpoints can make others refill, which are to be well here.
  const { swappedEndpoints: _, ...faults } = options.faults;
  const [first] = voters;
  const priorityOf = (regionId: string): number => (options.frail.includes(regionId) ? 0 : draw.integer(0, 2));
  return {
    ...withFaults({ ...options, faults }, { partition: 6, oneWay: 6, pause: 3, poison: 3 }),
    frail: options.frail.length === voters.length && first !== undefined ? [first.regionId] : options.frail,
    voters: voters.map((voter) => ({ ...voter, priority: priorityOf(voter.regionId) })),
    laneLimits: { ...laneLimits, requestsInFlightMax: draw.pick([1, 2, 3]) },
  };
}

/** Stores come and go while messages are under way; rests are short, so that little time is left for a regular look. */
function hasty(options: SimulationOptions, draw: Draw): SimulationOptions {
  return {
    ...withFaults(options, { wipe: 8, restore: 8, reorder: 8, crashInCommit: 6, nonTransitive: 3, oldStoreReturns: 3 }),
    calls: Math.min(options.calls, draw.integer(6, 15)),
    ...shortRests(options),
  };
}

/** A store that is not what it was can not even write that down. */
function lossOnFullDisk(options: SimulationOptions): SimulationOptions {
  return withFaults(options, { wipe: 8, restore: 4, fullDisk: 20, crash: 3 });
}

/** Two regions send to each other all the time; one that is opened anew meets requests that were meant for the opening before. */
function reopenedUnderRequests(options: SimulationOptions): SimulationOptions {
  return {
    ...withFaults(onlyTwo(options), { crash: 60, reorder: 30 }),
    ...{ calls: 200, burstMax: 1, regionTimeoutMs: 5_000 },
    retryBackoffInitialMs: 50,
    retryBackoffMaxMs: 200,
    laneLimits: { ...options.laneLimits, windowMax: 4, requestsInFlightMax: 64, batchReceiptsMax: 1 },
  };
}

/** The answer to a greeting comes late, when its region has another store already, has been heard, and is gone again. */
function replacedWhileGreeted(options: SimulationOptions, draw: Draw): SimulationOptions {
  return {
    ...withFaults(options, { replacedAfterReply: 20, crash: 10 }),
    calls: Math.min(options.calls, draw.integer(6, 15)),
    regionTimeoutMs: Math.max(1_000, Math.ceil(4 * serviceMs(options))),
    ...shortRests(options),
  };
}

/** A store that lost everything, and knows it, forgets that it does. Nothing else tells it again. */
function doubtLost(options: SimulationOptions, draw: Draw): SimulationOptions {
  return {
    ...options,
    faults: { doubtLost: draw.pick([10, 30]) },
    calls: Math.min(options.calls, draw.integer(6, 15)),
    ...shortRests(options),
  };
}

/** Regions are asked for receipts that whoever asks has not got, and answer with what they like. */
function lyingToTheEmpty(options: SimulationOptions): SimulationOptions {
  return {
    ...options,
    faults: { lie: 40, partition: 20, oneWay: 10 },
    calls: Math.max(options.calls, 80),
    workload: withWork(options, { inspect: 30, verify: 20, elsewhere: 5 }),
  };
}

/**
 * Operators let a replaced store vote while some regions have not yet heard of it, and services submit again what it confirmed
 * before. Nothing else fails; above all, no earlier store whose loss was accepted returns.
 */
function lossAcceptedEarly(options: SimulationOptions): SimulationOptions {
  return {
    ...options,
    faults: { wipe: 12, nonTransitive: 60, replyLost: 20 },
    ...{ waitFor: "quorum", recentReceiptsMax: 100, calls: 300, burstMax: 1 },
    workload: withWork(options, { again: 30, acceptLoss: 30, otherContent: 0, twins: 0 }),
  };
}

/** Other content was refused, and that is forgotten everywhere but in a dead letter. */
function momentLost(options: SimulationOptions): SimulationOptions {
  return {
    ...withFaults(onlyTwo(options), { momentLost: 20 }),
    ...{ waitFor: "quorum", calls: 100, burstMax: 1 },
    workload: withWork(options, { twins: 20, replay: 3, await: 5 }),
  };
}

function onlyTwo(options: SimulationOptions): SimulationOptions {
  const voters = options.voters.slice(0, 2);
  const frail = voters.map(({ regionId }) => regionId);
  return { ...options, voters, quorum: "majority", frail, singlesOnly: [], timeoutMs: 30_000 };
}

/** Little time is left for a regular look. */
function shortRests({ laneLimits }: SimulationOptions): Partial<SimulationOptions> {
  return {
    retryBackoffInitialMs: 50,
    retryBackoffMaxMs: 200,
    laneLimits: { ...laneLimits, cooldownInitialMs: 500, cooldownMaxMs: 500, pauseProbeMs: 1_000 },
  };
}

function withFaults(options: SimulationOptions, faults: Partial<Record<FaultKind, number>>): SimulationOptions {
  return { ...options, faults: { ...options.faults, ...faults } };
}

function withWork(options: SimulationOptions, work: Partial<Record<WorkKind, number>>): SimulationOptions["workload"] {
  return { ...options.workload, ...work };
}
