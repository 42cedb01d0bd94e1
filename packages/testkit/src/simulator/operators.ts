/** What the people who run the regions do once things heal, and what they look at. */
import { isPoisonUnfound } from "./convergence.ts";
import type { Incarnation } from "./process/incarnation.ts";
import type { SimulatedProcess, ToldStatus } from "./process/simulated-process.ts";
import type { Site } from "./process/site.ts";
import { digestOf, makeReceipt } from "./workload/receipts.ts";
import type { World } from "./world.ts";

/** Every region has a process that is up. */
export function allUp(world: World): boolean {
  return [...world.sites.values()].every(({ running }) => running !== undefined);
}

/** Regions whose store does not vote: the operator accepts that what the earlier one alone held is lost. Says whether there was any. */
export async function acceptLosses(world: World): Promise<boolean> {
  let any = false;
  for (const { regionId, running, disk } of world.sites.values()) {
    if (running === undefined || disk.log?.introduction().refilling !== true) continue;
    world.lossAcceptedMs = world.time.nowMs;
    world.note(regionId, "loss accepted");
    await settled(world, running.process.acceptLoss());
    any = true;
  }
  return any;
}

/**
 * Some region has never yet heard who another one is: no greeting came through before all was well, and nothing is sent that would
 * tell. What one knows of the other's store, the other does not know either.
 */
export function areStrangers({ sites }: World): boolean {
  return [...sites].some(([regionId, { disk }]) => {
    const met = new Set(disk.log?.peers().flatMap((peer) => (peer.mark === undefined ? [] : [peer.regionId])));
    return [...sites.keys()].some((other) => other !== regionId && !met.has(other));
  });
}

/**
 * A store that was thought to be gone, and stands in the place of a newer one, never counts again (DESIGN §9): the operator
 * sees the region as split, and gives it an empty disk.
 */
export async function discardReplacedStores(world: World, discarded: Set<string>): Promise<void> {
  const split = await calledSplit(world);
  for (const [regionId, site] of world.sites) {
    const current = site.disk.log?.introduction().store.storeId;
    if (current === undefined) continue;
    // What one could not write down on its full disk, nobody else knows. That it was acted on, it does not know at once.
    const told =
      !discarded.has(regionId) && split.some((each) => each.regionId === regionId && each.storeId !== current);
    if (!told && !isReplaced(world, regionId, current)) continue;
    discarded.add(regionId);
    world.note(regionId, "replaced store discarded");
    const bringUp = site.keepDown();
    site.disk.wipe();
    bringUp();
  }
}

/**
 * Waits that ended without an answer, and are owed by a region that still has the receipt. Of poison, and of poison
 * that an operator gave up, nobody can know more.
 */
export function unresolved(world: World): { regionId: string; number: number; content: number }[] {
  const found = new Map<string, { regionId: string; number: number; content: number }>();
  for (const { call, told } of world.book.calls) {
    if (call.kind !== "sync" || (told !== undefined && !(told.kind === "result" && told.outcome === "pending")))
      continue;
    const number = Number(call.receiptId.slice("rec-".length));
    const contents = world.workload.submitted.find((submitted) => submitted.number === number)?.contents ?? [];
    const content = contents.find((each) => digestOf(makeReceipt(number, each, false)) === call.digest);
    const row = world.site(call.regionId).disk.log?.get(call.receiptId);
    if (content === undefined || row?.own !== true || row.record.digest !== call.digest) continue;
    if (isPoison(world, call.receiptId) || isGivenUp(world, call.regionId, call.receiptId)) continue;
    found.set(`${call.regionId} ${number}`, { regionId: call.regionId, number, content });
  }
  return [...found.values()];
}

/** Every region is asked once more for what it did not take. Says whether there was any. */
export async function replayLetters(world: World): Promise<boolean> {
  let any = false;
  for (const { regionId, running, disk } of world.sites.values()) {
    const letters = disk.log?.deadLetters({ status: "open", limit: Infinity }).length ?? 0;
    if (running === undefined || letters === 0) continue;
    any = true;
    world.note(regionId, "dead letters replayed", String(letters));
    await settled(world, replayed(world, running.process, letters), letters);
  }
  return any;
}

/** Each of them may fail, and be followed by a rest. */
function patienceMs({ options }: World, requests: number): number {
  const { regionTimeoutMs, retryBackoffMaxMs, laneLimits } = options;
  return PATIENCE_MS + requests * (regionTimeoutMs + Math.max(retryBackoffMaxMs, laneLimits.cooldownMaxMs));
}

async function replayed(world: World, process: SimulatedProcess, letters: number): Promise<void> {
  await process.replayDeadLetters({ kind: "all" }, { timeout: patienceMs(world, letters) });
}

/** A dead letter that is still open after that, and has no reason to be. */
export function unresolvedLetter(world: World): string | undefined {
  for (const [origin, { disk }] of world.sites) {
    for (const letter of disk.log?.deadLetters({ status: "open", limit: Infinity }) ?? []) {
      const { regionId, storeId, receiptId, kind } = letter;
      // Nobody but an operator tries again what was refused.
      if (kind === "refused" && !world.options.replays) continue;
      if (world.site(regionId).disk.log?.introduction().store.storeId !== storeId) continue;
      const history = world.history(regionId);
      const { poison } = world.injector.quirksOf(regionId);
      // What was refused once may be what the region stumbles over by now.
      const reason =
        poison.has(receiptId) || (kind === "refused" && history.everHeldOther(letter) && !history.held(letter));
      if (!reason)
        return `${receiptId} of ${origin} lies in the dead letters of ${regionId} (${kind}) after it was tried again, without a reason`;
    }
  }
  return undefined;
}

/** Some region never answers well to some receipt, whatever else is mended. */
export function poisonStays(world: World): boolean {
  return [...world.sites.keys()].some((regionId) => world.injector.quirksOf(regionId).poison.size > 0);
}

/** Nobody tries it again: some region lacks it and does not refuse it. */
function isGivenUp(world: World, regionId: string, receiptId: string): boolean {
  const given = { receiptId, kind: "poison", status: "discarded", limit: 1 } as const;
  return (world.site(regionId).disk.log?.deadLetters(given).length ?? 0) > 0;
}

function isPoison(world: World, receiptId: string): boolean {
  return [...world.sites.keys()].some((regionId) => world.injector.quirksOf(regionId).poison.has(receiptId));
}

/** A call whose caller was never told although its process lives on. */
export function openCall(world: World): string | undefined {
  const open = world.book.calls.find(({ call, told }) => {
    const running = world.site(call.regionId).running;
    return told === undefined && running?.incarnation.number === call.incarnation;
  });
  return open === undefined ? undefined : `${open.call.kind} of ${open.call.receiptId} at ${open.call.regionId}`;
}

/** Regions that some process still calls unavailable, in words. */
export async function calledUnavailable(world: World): Promise<readonly string[]> {
  const found: string[] = [];
  for (const site of world.sites.values()) {
    for (const { regionId, isAvailable } of await statusAt(world, site)) {
      if (isAvailable || isPoisonUnfound(world, site.regionId, regionId)) continue;
      found.push(`${site.regionId} still calls ${regionId} unavailable`);
    }
  }
  return found;
}

/** What some region's status calls split. */
async function calledSplit(world: World): Promise<readonly ToldStatus[]> {
  const found: ToldStatus[] = [];
  for (const site of world.sites.values()) {
    found.push(...(await statusAt(world, site)).filter(({ split }) => split === true));
  }
  return found;
}

async function statusAt(world: World, { running }: Site): Promise<readonly ToldStatus[]> {
  let status: readonly ToldStatus[] = [];
  const look = async (): Promise<void> => {
    status = (await running?.process.getSyncStatus()) ?? [];
  };
  await settled(world, look());
  return status;
}

/** Closes every process as a good shutdown does. Returns what is left of them, in words. */
export async function closeAll(world: World): Promise<string | undefined> {
  const closing: Incarnation[] = [];
  for (const { running } of world.sites.values()) {
    if (running === undefined) continue;
    closing.push(running.incarnation);
    await settled(world, running.process.close({ drainMs: 1_000 }));
  }
  const { deliveries } = world;
  await world.time.runUntil(world.time.nowMs + 2 * world.options.retryBackoffMaxMs + 1_000);
  const ticking = closing.find(({ timers }) => timers > 0);
  if (ticking !== undefined) return `${ticking.timers} timers of ${ticking.regionId} are set after its close`;
  return world.deliveries === deliveries ? undefined : "a closed process still delivers";
}

/** Some other region's disk says that another store took this one's place. */
function isReplaced(world: World, regionId: string, storeId: string): boolean {
  return [...world.sites.values()].some(({ disk }) =>
    (disk.log?.peers() ?? []).some((peer) => peer.regionId === regionId && peer.replaced.includes(storeId)),
  );
}

const PATIENCE_MS = 60_000;

/** Lets time pass until a promise of a process has settled that may need so many requests. */
async function settled(world: World, promise: Promise<void>, requests = 0): Promise<void> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  promise.then(end, end);
  await world.time.runUntil(world.time.nowMs + 2 * patienceMs(world, requests), () => done);
  if (!done) world.referee.object("liveness", "an operator's command never ended");
}
