import type { DatabaseSync } from "node:sqlite";
import { insertEpoch, insertIdentity, type LogState } from "./log-state.ts";

/** Changes of who this store is, inside the running transaction. Each returns the state to take over after the commit. */
export interface IdentityWriter {
  readonly renew: (state: LogState, ids: { readonly storeId: string; readonly epoch: string }) => LogState;
  readonly startRefilling: (state: LogState, ids: { readonly epoch: string }) => LogState;
  readonly acceptLoss: (state: LogState) => LogState;
}

export function prepareIdentityChanges(database: DatabaseSync): IdentityWriter {
  const update = database.prepare(
    "UPDATE identities SET refilling = ?, loss_accepted = ? WHERE number = (SELECT max(number) FROM identities)",
  );
  const flag = (state: LogState, refilling: boolean, lossAccepted: boolean): LogState => {
    update.run(refilling ? 1 : 0, lossAccepted ? 1 : 0);
    return { ...state, identity: { ...state.identity, refilling, lossAccepted } };
  };
  return {
    // A new epoch with the new id: so every id that this store ever had is among its epochs, and an echo of it is no news.
    renew: (state, { storeId, epoch }) => {
      const ownBefore = state.identity.ownBefore + state.ownSeq;
      const identity = { ...state.identity, storeId, epoch, ownBefore, refilling: true, lossAccepted: false };
      insertIdentity(database, identity);
      const begun = { epoch, storeId, startPosition: state.position };
      insertEpoch(database, begun);
      return { ...state, identity, epochs: [...state.epochs, begun], ownSeq: 0 };
    },
    // A new epoch here too: whoever hears of it remembers it, and a copy of this file from before, which would vote, lacks it.
    startRefilling: (state, { epoch }) => {
      const { storeId, refilling, lossAccepted } = state.identity;
      if (refilling || lossAccepted) return state;
      const begun = { epoch, storeId, startPosition: state.position };
      insertEpoch(database, begun);
      const after = flag(state, true, false);
      return { ...after, identity: { ...after.identity, epoch }, epochs: [...state.epochs, begun] };
    },
    // Where nothing was lost, nothing is accepted: what is lost later would go unnoticed (I2).
    acceptLoss: (state) => (state.identity.refilling ? flag(state, false, true) : state),
  };
}
