/**
 * A store that stopped voting for what an earlier one lost votes again only when an operator accepts that (DESIGN §9). A copy from
 * before it stopped may vote until it is shown the epoch in which it did not, and not afterwards.
 */
import type { Checker, Observation } from "../observation.ts";

/** What one region's store was at last in each of its epochs. */
interface Store {
  readonly storeId: string;
  /** Epochs in which it did not vote to the end. */
  readonly doubting: Set<string>;
  /** The last one, and whether it did not vote; none after the disk was exchanged. */
  last: { readonly epoch: string; readonly refilling: boolean } | undefined;
}

export function doubtStays(): Checker {
  const stores = new Map<string, Store>();
  return {
    name: "doubt-stays",
    observe: (observation) => {
      switch (observation.kind) {
        case "synced":
          see(observation, stores);
          return undefined;
        case "destroyed": {
          const store = stores.get(observation.regionId);
          if (store !== undefined) store.last = undefined;
          return undefined;
        }
        case "spoke":
          return forgot(observation, stores.get(observation.regionId));
        default:
          return undefined;
      }
    },
  };
}

function see({ regionId, log }: Extract<Observation, { kind: "synced" }>, stores: Map<string, Store>): void {
  const { store: mark, refilling } = log.introduction();
  const { storeId, epoch } = mark;
  const known = stores.get(regionId);
  const store = known?.storeId === storeId ? known : { storeId, doubting: new Set<string>(), last: undefined };
  stores.set(regionId, store);
  const accepted = store.last?.epoch === epoch && store.last.refilling && !refilling;
  if (accepted) store.doubting.clear();
  if (refilling) store.doubting.add(epoch);
  store.last = { epoch, refilling };
}

function forgot(
  { regionId, introduction, echo, holds, refuses }: Extract<Observation, { kind: "spoke" }>,
  store: Store | undefined,
): string | undefined {
  // A failure that its full disk forces on it is no word about any receipt.
  if (holds.length === 0 && refuses.length === 0) return undefined;
  const { store: mark, refilling } = introduction;
  if (echo === undefined || refilling || mark.storeId !== store?.storeId || echo.storeId !== mark.storeId)
    return undefined;
  if (!store.doubting.has(echo.epoch)) return undefined;
  return `${regionId} was shown the epoch ${echo.epoch}, in which its store did not vote, and votes under the same name`;
}
