import type { Epoch, Introduction } from "@rsync/core";
import type { Progress } from "./threads/messages.ts";
import type { Identity } from "./writer/log-state.ts";

/** What this thread knows of the log: as of the last commit, never more (I3). */
export interface CommittedState {
  readonly introduction: () => Introduction;
  readonly identity: () => Identity;
  readonly epochs: () => readonly Epoch[];
  readonly position: () => number;
  readonly own: () => number;
  readonly advance: (progress: Progress) => void;
}

export function createCommittedState(opened: Progress): CommittedState {
  let { position, own } = opened;
  let identity = opened.identity ?? unreachableOpening();
  let epochs = opened.epochs ?? [];
  let introduction: Introduction | undefined;
  return {
    introduction: () => {
      introduction ??= {
        regionId: identity.regionId,
        store: { storeId: identity.storeId, epoch: identity.epoch, position },
        refilling: identity.refilling,
      };
      return introduction;
    },
    identity: () => identity,
    epochs: () => epochs,
    position: () => position,
    own: () => own,
    advance: (progress) => {
      ({ position, own } = progress);
      identity = progress.identity ?? identity;
      epochs = progress.epochs ?? epochs;
      introduction = undefined;
    },
  };
}

function unreachableOpening(): never {
  throw new Error("the first progress of an opening carries the identity");
}
