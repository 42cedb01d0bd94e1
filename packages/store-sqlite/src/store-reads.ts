import { type ReceiptStore, StoreError } from "@rsync/core";
import type { CommittedState } from "./committed-state.ts";
import { rowsOfSlices } from "./rows-of-slices.ts";
import { conflictOfCells, deadLetterOfCells, peerOfCells } from "./side-cells.ts";
import type { StoreHealth } from "./store-health.ts";
import type { ReaderReply, ReaderRequest } from "./threads/messages.ts";
import type { WorkerLink } from "./threads/worker-link.ts";

export type StoreReads = Pick<
  ReceiptStore,
  "get" | "list" | "count" | "countOwnAfter" | "conflicts" | "deadLetters" | "countDeadLetters" | "peers"
>;

export interface StoreReadParts {
  readonly reader: WorkerLink<ReaderRequest, ReaderReply>;
  readonly health: StoreHealth;
  readonly state: CommittedState;
  readonly isClosed: () => boolean;
}

/** Everything that is read. It goes on after a full disk and after a failed write. */
export function createStoreReads({ reader, health, state, isClosed }: StoreReadParts): StoreReads {
  const ask = async <Kind extends ReaderReply["kind"]>(
    request: ReaderRequest,
    kind: Kind,
  ): Promise<ReaderReply & { readonly kind: Kind }> => {
    if (isClosed()) throw closedError();
    const reached = await reader.ask(request);
    if (reached.kind === "failed") {
      health.note(reached.problem);
      throw new StoreError(reached.problem.kind, reached.problem.message);
    }
    if (reached.reply.kind !== kind) throw new StoreError("failed", `the reader answered ${reached.reply.kind}`);
    return reached.reply as ReaderReply & { readonly kind: Kind };
  };
  return {
    get: async (receiptId) => {
      const { slices } = await ask({ kind: "get", receiptId }, "rows");
      return rowsOfSlices(slices)[0];
    },
    list: async ({ after, through, ownOnly, rowsMax, bytesMax }) => {
      const range = { after, through, ownOnly, rowsMax, bytesMax };
      return rowsOfSlices((await ask({ kind: "list", range }, "rows")).slices);
    },
    // Positions and numbers are given without gaps, so nobody has to count.
    count: async () => {
      if (isClosed()) throw closedError();
      return { rows: state.position(), own: state.own() };
    },
    countOwnAfter: async (position) => {
      const own = state.own();
      const { count } = await ask({ kind: "countOwnThrough", position }, "count");
      return Math.max(0, own - count);
    },
    conflicts: async ({ receiptId, after, limit }) =>
      (await ask({ kind: "conflicts", receiptId, after: after ?? 0, limit }, "conflicts")).conflicts.map(
        conflictOfCells,
      ),
    deadLetters: async ({ regionId, storeId, receiptId, kind, status, after, limit }) => {
      const query = { regionId, storeId, receiptId, kind, status, after, limit };
      return (await ask({ kind: "deadLetters", query }, "deadLetters")).letters.map(deadLetterOfCells);
    },
    countDeadLetters: async (regionId, storeId) =>
      (await ask({ kind: "countDeadLetters", regionId, storeId }, "deadLetterCounts")).counts,
    peers: async () => (await ask({ kind: "peers" }, "peers")).peers.map(peerOfCells),
  };
}

export function closedError(): StoreError {
  return new StoreError("closed", "The receipt log was closed; open it again to use it");
}
