/** A store that lost something knows it as soon as a region that remembers more has spoken to it (DESIGN §9). */
import type { Introduction, StoreMark } from "@rsync/core";
import { contradicts } from "../contradicts.ts";
import type { Checker, Observation, WorldView } from "../observation.ts";

/** What another region durably remembered of a disk at the moment in which it lost something. */
interface Loss {
  readonly atMs: number;
  readonly regionId: string;
  readonly witness: string;
  /** The store that is there after the loss; none where nothing is. */
  readonly leftStore: string | undefined;
}

/** The longest rest between two greetings of a region that could not be reached, and some time for the way. */
const LONGEST_REST_MS = 30_000 + 500;

export function selfKnowledge(): Checker {
  let losses: Loss[] = [];
  let healedMs = 0;
  return {
    name: "self-knowledge",
    observe: (observation, world) => {
      switch (observation.kind) {
        case "destroyed":
          losses = losses.filter(({ regionId, witness }) => ![regionId, witness].includes(observation.regionId));
          losses.push(...remembered(observation.regionId, world));
          return undefined;
        case "spoke":
          return unheeded(observation, world);
        case "healed":
          healedMs = world.nowMs();
          return undefined;
        // Where nothing is owed, only greetings are spoken; by the end there was traffic as well.
        case "rested":
          return world.nowMs() - healedMs < longestSilenceMs(world) ? undefined : anyUnnoticed(losses, world);
        case "ended":
          return anyUnnoticed(losses, world);
        default:
          return undefined;
      }
    },
  };
}

/** Which regions remember more of this disk than is on it now? */
function remembered(regionId: string, world: WorldView): Loss[] {
  const left = world.log(regionId);
  const leftStore = left?.introduction().store.storeId;
  return world.options.voters.flatMap(({ regionId: witness }) => {
    const mark = world
      .log(witness)
      ?.peers()
      .find((peer) => peer.regionId === regionId)?.mark;
    if (witness === regionId || mark === undefined || !contradicts(mark, left)) return [];
    return [{ atMs: world.nowMs(), regionId, witness, leftStore }];
  });
}

/** What was lost on the way just before all was well is asked again after a timeout and a rest. */
function longestSilenceMs({ options }: WorldView): number {
  return LONGEST_REST_MS + 2 * options.regionTimeoutMs;
}

function anyUnnoticed(losses: readonly Loss[], world: WorldView): string | undefined {
  return losses.map((loss) => unnoticed(loss, world)).find((problem) => problem !== undefined);
}

/** By then such a region has spoken to it. */
function unnoticed({ regionId, witness, leftStore, atMs }: Loss, world: WorldView): string | undefined {
  const { storeId } = world.durable(regionId).introduction.store;
  const changed = leftStore !== undefined && storeId !== leftStore;
  if (changed || world.disk(regionId).refilledSince(atMs)) return undefined;
  return `${regionId} lost what was on its disk, ${witness} remembers it, and ${regionId} never knew`;
}

/** Shown what contradicts its own history, it goes on speaking as if nothing had happened. */
function unheeded(
  { regionId, introduction, echo, holds, refuses }: Extract<Observation, { kind: "spoke" }>,
  world: WorldView,
): string | undefined {
  const log = world.log(regionId);
  if (echo !== undefined && isUnwritten(regionId, introduction, echo, world)) {
    return `${regionId} was asked as ${echo.storeId}, which it was before it lost its disk, and answers as if it had lost nothing`;
  }
  // A failure that its full disk forces on it is no word about any receipt.
  if (holds.length === 0 && refuses.length === 0) return undefined;
  if (echo === undefined || log === undefined || echo.storeId !== introduction.store.storeId) return undefined;
  if (!contradicts(echo, log)) return undefined;
  return `${regionId} was shown position ${echo.position} of its own store, which it does not have, and answers under the same name`;
}

/**
 * Whoever remembers its earlier store takes an answer under another name for that of a store that took its place, and never tells
 * it again: before that it must have written down, once, that it does not vote.
 */
function isUnwritten(regionId: string, { refilling, store }: Introduction, echo: StoreMark, world: WorldView): boolean {
  const disk = world.disk(regionId);
  const another = echo.storeId !== store.storeId && disk.wasStore(echo.storeId);
  const own = world.log(regionId)?.epochs.some(({ storeId }) => storeId === echo.storeId) ?? true;
  return another && !own && !refilling && !disk.refilledSince(disk.destroyedMs);
}
