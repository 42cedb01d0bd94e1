/**
 * A region that shows a store which whoever hears it does not know is asked who it is, soon, and again soon where that fails: a
 * store that took another's place is owed everything (I2, DESIGN §9).
 */
import type { Checker, Observation, Speaker, WorldView } from "../observation.ts";

/** What one process heard of another region, and has not been answered about. */
interface Heard {
  readonly incarnation: number;
  readonly storeId: string;
  readonly sinceMs: number;
  /** By then it must ask. */
  askByMs: number;
  /** It asks, and waits for the answer. */
  asking: boolean;
  /** So often it has asked in vain. */
  failures: number;
}

/** Nobody is greeted twice in a second; the rests after failures double from there. */
const GREET_EVERY_MS = 1_000;
const SLACK_MS = 500;

export function newsIsHeard(): Checker {
  /** By who heard it, and of whom. */
  const all = new Map<string, Map<string, Heard>>();
  const answered = new Map<string, Set<string>>();
  const askedMs = new Map<string, number>();
  const forget = (regionId: string): void => {
    all.delete(regionId);
  };
  return {
    name: "news-is-heard",
    observe: (observation, world) => {
      switch (observation.kind) {
        case "destroyed":
        case "paused":
          forget(observation.regionId);
          return undefined;
        case "met":
          met(observation, world, all, answered, askedMs);
          return undefined;
        case "requested":
          if (observation.request.kind === "describe")
            askedMs.set(linkOf(observation.from, observation.to), world.nowMs());
          return requested(observation, world, all);
        case "heard":
          heard(observation, world, all, answered);
          return undefined;
        default:
          return undefined;
      }
    },
  };
}

function met(
  { by, from, arrivedMs }: Extract<Observation, { kind: "met" }>,
  world: WorldView,
  all: Map<string, Map<string, Heard>>,
  answered: Map<string, Set<string>>,
  askedMs: ReadonlyMap<string, number>,
): void {
  const { storeId } = from.store;
  const known = world
    .log(by.regionId)
    ?.peers()
    .find(({ regionId }) => regionId === from.regionId)?.mark;
  if (known === undefined || known.storeId === storeId) return;
  if (answered.get(linkOf(by, from.regionId))?.has(storeId) === true) return;
  const ofRegion = all.get(by.regionId) ?? new Map<string, Heard>();
  all.set(by.regionId, ofRegion);
  const before = ofRegion.get(from.regionId);
  if (before?.incarnation === by.incarnation && before.storeId === storeId) return;
  // What it asked as soon as it was met was asked before it had answered.
  const asking = (askedMs.get(linkOf(by, from.regionId)) ?? Number.NEGATIVE_INFINITY) >= arrivedMs;
  const askByMs = world.nowMs() + world.options.regionTimeoutMs + GREET_EVERY_MS + SLACK_MS;
  const { incarnation } = by;
  ofRegion.set(from.regionId, { incarnation, storeId, sinceMs: arrivedMs, askByMs, asking, failures: 0 });
}

function requested(
  { from, to, request }: Extract<Observation, { kind: "requested" }>,
  world: WorldView,
  all: Map<string, Map<string, Heard>>,
): string | undefined {
  const ofRegion = all.get(from.regionId);
  for (const [regionId, news] of ofRegion ?? []) {
    if (news.incarnation !== from.incarnation) {
      ofRegion?.delete(regionId);
      continue;
    }
    if (regionId === to && request.kind === "describe") news.asking = true;
    if (news.asking || world.nowMs() <= news.askByMs) continue;
    return `${from.regionId} heard of another store of ${regionId}, and has not asked ${regionId} who it is`;
  }
  return undefined;
}

function heard(
  { by, regionId, request, answer, sentMs }: Extract<Observation, { kind: "heard" }>,
  world: WorldView,
  all: Map<string, Map<string, Heard>>,
  answered: Map<string, Set<string>>,
): void {
  const { from } = answer.identification;
  const news = all.get(by.regionId)?.get(regionId);
  // A failure introduces its store too.
  if (from !== undefined) {
    const link = linkOf(by, regionId);
    answered.set(link, (answered.get(link) ?? new Set()).add(from.store.storeId));
  }
  if (news === undefined) return;
  const asked = request.kind === "describe" && news.asking && sentMs >= news.sinceMs;
  if (from?.store.storeId === news.storeId || (asked && answer.kind === "replied")) {
    all.get(by.regionId)?.delete(regionId);
  } else if (asked) {
    news.asking = false;
    news.failures += 1;
    // What was under way when the news came may have failed as well.
    news.askByMs = world.nowMs() + GREET_EVERY_MS * 2 ** news.failures + SLACK_MS;
  }
}

function linkOf({ regionId, incarnation }: Speaker, to: string): string {
  return `${regionId} ${incarnation} ${to}`;
}
