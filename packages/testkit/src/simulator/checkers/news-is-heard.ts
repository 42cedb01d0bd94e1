/**
 * A region that shows a store which whoever hears it does not know is asked who it is, soon, and again soon where that fails: a
 * store that took another's place is owed everything (I2, DESIGN §9).
 */
import type { Checker, Observation, Speaker, WorldView } from "../observation.ts";
import { GREET_EVERY_MS, greetingMsMax, SLACK_MS } from "./greeting-ms.ts";

/** What one process heard of another region, and has not been answered about. */
interface Heard {
  readonly incarnation: number;
  readonly storeId: string;
  readonly sinceMs: number;
  readonly metMs: number;
  /** The longest that a commit of whoever heard it took since. */
  commitMs: number;
  /** By then it must ask. */
  askByMs: number;
  /** So often it has asked in vain. */
  failures: number;
}

/** What one process has asked another region, and was told. */
interface Asked {
  /** When it asked what it waits to be answered. A probe and a greeting may be under way at once. */
  readonly underWayMs: number[];
  /** When it asked what was answered last. */
  answeredMs: number;
  /** Stores that answers have introduced. */
  readonly shown: Set<string>;
}

export function newsIsHeard(): Checker {
  /** By who heard it, and of whom. */
  const all = new Map<string, Map<string, Heard>>();
  const links = new Map<string, Asked>();
  const askedOf = (by: Speaker, regionId: string): Asked => {
    const link = `${by.regionId} ${by.incarnation} ${regionId}`;
    const asked = links.get(link) ?? { underWayMs: [], answeredMs: Number.NEGATIVE_INFINITY, shown: new Set() };
    links.set(link, asked);
    return asked;
  };
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
          met(observation, world, all, askedOf(observation.by, observation.from.regionId));
          return undefined;
        case "requested":
          if (observation.request.kind === "describe")
            askedOf(observation.from, observation.to).underWayMs.push(world.nowMs());
          return requested(observation, world, all, askedOf);
        case "heard":
          heard(observation, world, all, askedOf(observation.by, observation.regionId));
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
  asked: Asked,
): void {
  const { storeId } = from.store;
  const known = world
    .log(by.regionId)
    ?.peers()
    .find(({ regionId }) => regionId === from.regionId)?.mark;
  if (known === undefined || known.storeId === storeId) return;
  // What it asked as soon as it was met was asked, and may be answered, before it had answered itself.
  if (asked.shown.has(storeId) || asked.answeredMs >= arrivedMs) return;
  const ofRegion = all.get(by.regionId) ?? new Map<string, Heard>();
  all.set(by.regionId, ofRegion);
  const before = ofRegion.get(from.regionId);
  if (before?.incarnation === by.incarnation && before.storeId === storeId) return;
  const metMs = world.nowMs();
  const commitMs = world.commitMsMax(by.regionId);
  const askByMs = metMs + greetingMsMax(world.options, commitMs);
  const { incarnation } = by;
  ofRegion.set(from.regionId, { incarnation, storeId, sinceMs: arrivedMs, metMs, commitMs, askByMs, failures: 0 });
}

function requested(
  { from }: Extract<Observation, { kind: "requested" }>,
  world: WorldView,
  all: Map<string, Map<string, Heard>>,
  askedOf: (by: Speaker, regionId: string) => Asked,
): string | undefined {
  const ofRegion = all.get(from.regionId);
  for (const [regionId, news] of ofRegion ?? []) {
    if (news.incarnation !== from.incarnation) {
      ofRegion?.delete(regionId);
      continue;
    }
    waitForCommits(news, from.regionId, world);
    const asks = askedOf(from, regionId).underWayMs.some((sentMs) => sentMs >= news.sinceMs);
    if (asks || world.nowMs() <= news.askByMs) continue;
    return `${from.regionId} heard of another store of ${regionId}, and has not asked ${regionId} who it is`;
  }
  return undefined;
}

/** Its disk may have become slower in between. */
function waitForCommits(news: Heard, regionId: string, world: WorldView): void {
  news.commitMs = Math.max(news.commitMs, world.commitMsMax(regionId));
  if (news.failures === 0) news.askByMs = news.metMs + greetingMsMax(world.options, news.commitMs);
}

function heard(
  { by, regionId, request, answer, sentMs }: Extract<Observation, { kind: "heard" }>,
  world: WorldView,
  all: Map<string, Map<string, Heard>>,
  link: Asked,
): void {
  const { from } = answer.identification;
  const replied = answer.kind === "replied";
  if (request.kind === "describe") {
    forgetFirst(link.underWayMs, sentMs);
    if (replied) link.answeredMs = Math.max(link.answeredMs, sentMs);
  }
  // A failure introduces its store too.
  if (from !== undefined) link.shown.add(from.store.storeId);
  const news = all.get(by.regionId)?.get(regionId);
  if (news === undefined) return;
  const asked = request.kind === "describe" && sentMs >= news.sinceMs;
  if (from?.store.storeId === news.storeId || (asked && replied)) {
    all.get(by.regionId)?.delete(regionId);
  } else if (asked) {
    news.failures += 1;
    // The rests after failures double. What was under way when the news came may have failed as well.
    news.askByMs = world.nowMs() + GREET_EVERY_MS * 2 ** news.failures + SLACK_MS;
  }
}

function forgetFirst(times: number[], atMs: number): void {
  const index = times.indexOf(atMs);
  if (index >= 0) times.splice(index, 1);
}
