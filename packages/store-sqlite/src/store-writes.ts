import type { CancelTimer, ReceiptStore } from "@rsync/core";
import { bytesOfRun, resultsOfOutcomes, runsOfAppends } from "./append-runs.ts";
import type { CommittedState } from "./committed-state.ts";
import type { KnownCursors } from "./known-cursors.ts";
import { cellsOfBurial, cellsOfDeadLetterKey, cellsOfPeer } from "./side-cells.ts";
import type { StoreHealth } from "./store-health.ts";
import type { ResolvedOptions } from "./store-options.ts";
import { closedError } from "./store-reads.ts";
import type { SideJob } from "./threads/messages.ts";
import type { WriteQueue } from "./write-queue.ts";

export type StoreWrites = Pick<
  ReceiptStore,
  "append" | "bury" | "markDeadLetters" | "saveCursors" | "savePeers" | "renew" | "startRefilling" | "acceptLoss"
>;

export interface StoreWriteParts {
  readonly queue: WriteQueue;
  readonly cursors: KnownCursors;
  readonly health: StoreHealth;
  readonly state: CommittedState;
  readonly options: Pick<ResolvedOptions, "cursorDelayMs" | "randomId" | "schedule">;
  readonly isClosed: () => boolean;
}

/** About what a small job occupies while it waits. */
const sideJobBytes = 1000;

/** Everything that is written. Each promise resolves after the commit that it stands on is on disk (I3). */
export function createStoreWrites(parts: StoreWriteParts): StoreWrites {
  const { queue, cursors, health, state, options, isClosed } = parts;
  let flushTimer: CancelTimer | undefined;

  const admit = (): void => {
    if (isClosed()) throw closedError();
    const error = health.error();
    if (error !== undefined) throw error;
  };
  const push = async (job: SideJob, count: number): Promise<void> => {
    admit();
    await queue.push(job, count * sideJobBytes);
  };

  return {
    append: async (items) => {
      admit();
      if (items.length === 0) return [];
      const runs = runsOfAppends(items);
      let bytes = 0;
      for (const run of runs) bytes += bytesOfRun(run);
      return resultsOfOutcomes(items, await queue.append(runs, items.length, bytes), state.identity());
    },
    bury: (burials) => push({ kind: "bury", burials: burials.map(cellsOfBurial) }, burials.length),
    markDeadLetters: (keys, status, at) =>
      push({ kind: "markDeadLetters", keys: keys.map(cellsOfDeadLetterKey), status, at }, keys.length),
    savePeers: (peers) => push({ kind: "savePeers", peers: peers.map(cellsOfPeer) }, peers.length),
    saveCursors: async (saved) => {
      admit();
      cursors.save(saved);
      if (flushTimer !== undefined || !cursors.isChanged()) return;
      flushTimer = options.schedule(options.cursorDelayMs, () => {
        flushTimer = undefined;
        if (cursors.isChanged() && !isClosed() && health.error() === undefined) queue.flush();
      });
    },
    renew: () => push({ kind: "renew", storeId: options.randomId(), epoch: options.randomId() }, 1),
    startRefilling: () => push({ kind: "startRefilling", epoch: options.randomId() }, 1),
    acceptLoss: () => push({ kind: "acceptLoss" }, 1),
  };
}
