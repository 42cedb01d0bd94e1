/** DESIGN §9: a store that took a new name, or does not vote any more, tells every region at once: any of them may owe it everything. */
import type { Checker, Observation, WorldView } from "../observation.ts";
import { greetingMsMax } from "./greeting-ms.ts";

/** What a region must tell. */
interface News {
  readonly storeId: string;
  readonly sinceMs: number;
  readonly told: Set<string>;
  /** The process that speaks for it; another one greets everybody when it starts. */
  readonly incarnation: number | undefined;
  /** The longest that a commit of its took since. */
  commitMs: number;
}

export function newsIsTold(): Checker {
  const known = new Map<string, { readonly storeId: string; readonly refilling: boolean }>();
  const news = new Map<string, News>();
  const speaking = new Map<string, number>();
  return {
    name: "news-is-told",
    observe: (observation, world) => {
      // A disk may be slow between two requests only.
      for (const [regionId, each] of news) each.commitMs = Math.max(each.commitMs, world.commitMsMax(regionId));
      switch (observation.kind) {
        case "destroyed":
        case "paused":
          known.delete(observation.regionId);
          news.delete(observation.regionId);
          return undefined;
        case "synced": {
          const { regionId, log } = observation;
          const { refilling, store } = log.introduction();
          const before = known.get(regionId);
          const { storeId } = store;
          known.set(regionId, { storeId, refilling });
          // An operator has accepted the loss meanwhile: it votes again.
          if (!refilling) news.delete(regionId);
          if (before === undefined || !refilling || (before.storeId === storeId && before.refilling)) return undefined;
          news.set(regionId, {
            ...{ storeId, sinceMs: world.nowMs(), told: new Set() },
            ...{ incarnation: speaking.get(regionId), commitMs: world.commitMsMax(regionId) },
          });
          return undefined;
        }
        case "requested":
          speaking.set(observation.from.regionId, observation.from.incarnation);
          return requested(observation, world, news);
        default:
          return undefined;
      }
    },
  };
}

function requested(
  { from, to, introduction }: Extract<Observation, { kind: "requested" }>,
  world: WorldView,
  all: Map<string, News>,
): string | undefined {
  const news = all.get(from.regionId);
  if (news === undefined) return undefined;
  const { store, refilling } = introduction;
  if (store.storeId === news.storeId && refilling) news.told.add(to);
  const others = world.options.voters.map(({ regionId }) => regionId).filter((regionId) => regionId !== from.regionId);
  const untold = others.find((regionId) => !news.told.has(regionId));
  if (untold === undefined || news.incarnation !== from.incarnation) {
    all.delete(from.regionId);
    return undefined;
  }
  const limitMs = greetingMsMax(world.options, news.commitMs);
  const sinceMs = world.nowMs() - news.sinceMs;
  if (sinceMs <= limitMs) return undefined;
  return `${from.regionId} has another store since ${sinceMs.toFixed(0)} ms, and has not told ${untold}`;
}
