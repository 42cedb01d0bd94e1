/** Runs one simulation: a phase in which anything may fail, a phase of healing, and then everything must be as promised. */
import { convergenceBoundMs, recoveryMs, restBoundMs, stillOwed } from "./convergence.ts";
import { Draw } from "./draw.ts";
import { drawOptions } from "./draw-options.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import {
  acceptLosses,
  allUp,
  areStrangers,
  calledUnavailable,
  closeAll,
  discardReplacedStores,
  openCall,
  poisonStays,
  replayLetters,
  unresolved,
  unresolvedLetter,
} from "./operators.ts";
import type { SimulationOptions } from "./options.ts";
import { stillRefused } from "./refusals-end.ts";
import { serviceMs } from "./service-time.ts";
import type { Violation } from "./violation.ts";
import { describeTold } from "./workload/call-book.ts";
import { World, type WorldParts } from "./world.ts";

/** What `simulate` runs: the seed, how a region process starts, and options where they are not to be drawn. */
export interface SimulateParts extends Omit<WorldParts, "options"> {
  /** Default: drawn from the seed. */
  readonly options?: SimulationOptions | undefined;
}

/** How a run went. */
export interface SimulationReport {
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly violation: Violation | undefined;
  /** The same for every run of the same seed and options. */
  readonly traceHash: string;
  /** The last events, oldest first. */
  readonly trace: readonly string[];
  readonly struck: ReadonlyMap<FaultKind, number>;
  readonly receipts: number;
  readonly commits: number;
  readonly events: number;
  readonly virtualMs: number;
  /** From healing until everything was delivered; none where that was not reached. */
  readonly convergedAfterMs: number | undefined;
}

/** A region is given up to come up within this, without any fault. */
const START_MS = 5_000;
/** How often the operator looks, once things heal. */
const LOOK_MS = 200;
/** What is not well by then rests for long. */
const SOON_MS = 20_000;
const LOOK_LATER_MS = 1_000;
/** Where poison stays, work goes on: only what a region takes shows that it is well, and what it does not take is poison. */
const WORK_EVERY_MS = 3_000;
/** So long nothing may be owed, and no further loss come to light. */
const CALM_MS = 5_000;
/** Nothing is owed any more: so long nothing may be sent. */
const QUIET_MS = 20_000;
/** So many receipts are submitted at one instant where they are to travel together. */
const TOGETHER = 4;
const TRACE_LINES = 80;
/** Waits for what is settled everywhere must be resolved within this many attempts. */
const RESOLVE_ROUNDS = 3;

/** Runs one seed. Never rejects for what it simulates; a violation is part of the report. */
export async function simulate(parts: SimulateParts): Promise<SimulationReport> {
  const options = parts.options ?? drawOptions(parts.seed);
  const world = new World({ ...parts, options });
  let healed: Healed | undefined;
  try {
    await startAll(world);
    await faultPhase(world, parts.seed);
    healed = await heal(world);
    if (healed !== undefined) await afterwards(world, healed);
  } catch (error) {
    world.referee.object("bounds", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return report(world, parts.seed, healed?.convergedAfterMs);
}

/** How long after all faults had ended nothing was owed any more, and how long any region may rest, counted from then too. */
interface Healed {
  readonly convergedAfterMs: number;
  readonly longestRestMs: number;
}

function report(world: World, seed: number, convergedAfterMs: number | undefined): SimulationReport {
  const { violation } = world.referee;
  const receiptId = violation === undefined ? undefined : /rec-\d+/.exec(violation.detail)?.[0];
  const commits = world.book.calls.filter(({ told }) => told?.kind === "result" && told.outcome === "committed");
  return {
    seed,
    options: world.options,
    violation,
    traceHash: world.trace.hash,
    trace: violation === undefined ? [] : world.trace.last(TRACE_LINES, receiptId),
    struck: world.injector.struck,
    receipts: world.workload.submitted.length,
    commits: commits.length,
    events: world.time.events,
    virtualMs: world.time.nowMs,
    convergedAfterMs,
  };
}

async function startAll(world: World): Promise<void> {
  for (const site of world.sites.values()) site.start();
  await world.time.runUntil(world.time.nowMs + START_MS, () => allUp(world));
  if (!allUp(world)) world.referee.object("liveness", "not every region came up, without any fault");
}

async function faultPhase(world: World, seed: number): Promise<void> {
  const { options, time, workload } = world;
  const draw = new Draw(seed, "arrivals");
  const endMs = time.nowMs + options.faultsMs;
  world.injector.begin();
  let atMs = time.nowMs;
  for (let call = 0; call < options.calls; call += 1) {
    atMs = Math.min(endMs, atMs + draw.exponential(options.faultsMs / options.calls));
    time.after(atMs - time.nowMs, () => workload.step());
  }
  await time.runUntil(endMs);
}

/** Ends all faults and lets operators do what operators do. Resolves with how long it took until nothing was owed. */
async function heal(world: World): Promise<Healed | undefined> {
  const { time, injector, sites, referee } = world;
  injector.heal();
  world.note("", "healing");
  for (const [regionId, site] of sites) {
    if (injector.mistakes.delete(regionId)) site.crash(0);
    site.start();
  }
  const discarded = new Set<string>();
  await discardReplacedStores(world, discarded);
  referee.see({ kind: "healed" });
  const beganMs = time.nowMs;
  const boundMs = convergenceBoundMs(world);
  const longestRestMs = restBoundMs(world);
  const workGoesOn = new Draw(world.seed, "work goes on at first");
  let calmSinceMs: number | undefined;
  while (referee.violation === undefined) {
    await time.runUntil(time.nowMs + (time.nowMs - beganMs < SOON_MS ? LOOK_MS : LOOK_LATER_MS));
    await discardReplacedStores(world, discarded);
    const accepted = await acceptLosses(world);
    const owed = stillOwed(world);
    const afterMs = time.nowMs - beganMs;
    if (owed !== undefined && poisonStays(world) && workGoesOn.chance(0.15)) {
      for (const site of sites.values()) world.workload.submitNew(site);
    }
    if (owed !== undefined || accepted || !allUp(world)) calmSinceMs = undefined;
    else calmSinceMs ??= time.nowMs;
    if (calmSinceMs !== undefined && time.nowMs - calmSinceMs >= CALM_MS) {
      const convergedAfterMs = calmSinceMs - beganMs;
      referee.see({ kind: "converged", afterMs: convergedAfterMs });
      return { convergedAfterMs, longestRestMs };
    }
    if (calmSinceMs === undefined && afterMs > boundMs) {
      referee.object("convergence", `${owed ?? "a region is not well"} ${boundMs.toFixed(0)} ms after healing`);
    }
  }
  return undefined;
}

/** Everything is delivered: every wait can be resolved, new receipts commit, and then nothing happens any more. */
async function afterwards(world: World, { convergedAfterMs, longestRestMs }: Healed): Promise<void> {
  const { time, options } = world;
  // Until the longest rest is over no wait counts on its lane, and what came another way may yet be offered.
  const endOfWork = poisonStays(world) ? goOn(world) : (): void => {};
  await rest(world, longestRestMs - convergedAfterMs);
  await judgeAvailability(world);
  await rest(world, convergenceBoundMs(world) - restBoundMs(world));
  const replayed = options.replays && (await replayLetters(world));
  endOfWork();
  await rest(world, options.calmMs);
  if (replayed) await rest(world, restBoundMs(world));
  if (areStrangers(world)) await introduce(world);
  const vain = unresolvedLetter(world);
  if (vain !== undefined) world.referee.object("honest-letters", vain);
  objectToUnavailable(world, await calledUnavailable(world));
  world.referee.see({ kind: "rested" });
  await resolveAll(world);
  const refused = await stillRefused(world);
  if (refused !== undefined) world.referee.object("honest-refusals", refused);
  if (options.calmMs > 0) await together(world);
  for (const site of world.sites.values()) world.workload.submitNew(site);
  await time.runUntil(time.nowMs + Math.max(options.timeoutMs, 50 * serviceMs(options)) + 1_000);
  const open = openCall(world);
  if (open !== undefined) world.referee.object("liveness", `${open} has not ended although its time is long over`);
  const { deliveries } = world;
  await time.runUntil(time.nowMs + QUIET_MS);
  if (world.deliveries !== deliveries) {
    world.referee.object("convergence", `${world.deliveries - deliveries} deliveries although nothing is owed`);
  }
  const left = await closeAll(world);
  if (left !== undefined) world.referee.object("bounds", left);
  world.referee.see({ kind: "ended" });
}

/** Where poison stays, it may have been found just now: then the next question shows that the region is well. */
async function judgeAvailability(world: World): Promise<void> {
  const down = await calledUnavailable(world);
  if (down.length === 0 || !poisonStays(world)) return objectToUnavailable(world, down);
  await rest(world, recoveryMs(world));
  objectToUnavailable(
    world,
    (await calledUnavailable(world)).filter((words) => down.includes(words)),
  );
}

function objectToUnavailable(world: World, [first]: readonly string[]): void {
  if (first === undefined) return;
  world.referee.object("liveness", `${first}, although all are well and the longest rest is over`);
}

/** Regions hear of each other's stores with the next receipts, and operators of what was lost. */
async function introduce(world: World): Promise<void> {
  for (const site of world.sites.values()) world.workload.submitNew(site);
  await rest(world, restBoundMs(world));
}

/** After a long calm several receipts are submitted at one instant: whoever takes batches gets them as one. */
async function together(world: World): Promise<void> {
  const { time, options, referee, workload } = world;
  for (const [regionId, site] of world.sites) {
    const before = workload.submitted.length;
    for (let count = 0; count < TOGETHER; count += 1) workload.submitNew(site);
    const receiptIds = workload.submitted.slice(before).map(({ number }) => `rec-${number}`);
    referee.see({ kind: "together", regionId, receiptIds });
    await time.runUntil(time.nowMs + 20 * serviceMs(options));
  }
}

/** Services submit now and then, until the returned function is called. */
function goOn(world: World): () => void {
  const draw = new Draw(world.seed, "work goes on");
  let over = false;
  const next = (): void => {
    if (over) return;
    world.workload.submitNew(draw.pickAny([...world.sites.values()]));
    world.time.after(draw.exponential(WORK_EVERY_MS), next);
  };
  next();
  return () => {
    over = true;
  };
}

async function rest(world: World, restMs: number): Promise<void> {
  const { time, referee } = world;
  const rested = time.nowMs + Math.max(0, restMs);
  while (time.nowMs < rested && referee.violation === undefined) {
    await time.runUntil(time.nowMs + CALM_MS);
    await acceptLosses(world);
  }
}

/** A wait may end on an answer from before the last loss was accepted; asked again, it must be resolved (I5). */
async function resolveAll(world: World): Promise<void> {
  const { time, options, referee } = world;
  const waits = unresolved(world);
  for (let round = 1; waits.length > 0; round += 1) {
    const first = world.book.calls.length;
    for (const { regionId, number, content } of waits)
      world.workload.awaitQuorum(world.site(regionId), number, content);
    const ended = (): boolean => world.book.calls.slice(first).every(({ told }) => told !== undefined);
    await time.runUntil(time.nowMs + options.timeoutMs + 50 * serviceMs(options), ended);
    const open = world.book.calls
      .slice(first)
      .find(({ told }) => told?.kind !== "result" || told.outcome === "pending");
    if (open === undefined || referee.violation !== undefined) return;
    if (round < RESOLVE_ROUNDS) continue;
    const { call, told } = open;
    const said = told === undefined ? "nothing" : describeTold(told);
    referee.object(
      "honest-pending",
      `${call.receiptId} at ${call.regionId}: all regions have answered, and a wait says ${said}`,
    );
    return;
  }
}
