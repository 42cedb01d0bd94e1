import { type Fault, mismatchFault } from "./fault.ts";
import type { Identification, Introduction, StoreMark } from "./introduction.ts";

/** What a region durably remembers of another one: which store answered under its name, and what it showed of itself. */
export interface PeerMemory {
  readonly regionId: string;
  /** The region name that the peer gave; differs from `regionId` only where that is an alias (DESIGN §5). */
  readonly reportedRegion: string | undefined;
  /** The highest mark heard of its current store; none while it speaks only the seeds' protocol. */
  readonly mark: StoreMark | undefined;
  /** Store ids that bore this name before. None of them ever counts again. */
  readonly replaced: readonly string[];
  /** It has acknowledged at least once without any header of ours. */
  readonly acknowledgedSeedStyle: boolean;
  /** The configuration in force has left it out: nothing is owed to it until it is configured again. */
  readonly leftOut?: boolean | undefined;
}

/** What is expected of a region, from the configuration. */
export interface PeerExpectation {
  readonly regionId: string;
  /** The id was derived from an endpoint: the first name that the peer reports is pinned instead. */
  readonly alias: boolean;
  /** `strict`: a message without our headers is no evidence, ever. */
  readonly protocol: "auto" | "strict";
}

/** Names and stores that other regions, the local one included, already claim. */
export interface Claims {
  /** The region that owns a store id, current or replaced. */
  readonly storeOwner: (storeId: string) => string | undefined;
  /** The region that owns a region name. */
  readonly nameOwner: (reportedRegion: string) => string | undefined;
}

/** What became of the memory when a reply came in. */
export type PeerJudgement =
  /** The reply may count; `memory` is the new one, to be made durable first where `pin` says so. */
  | {
      readonly kind: "accepted";
      readonly memory: PeerMemory;
      /** What must be durable before the reply counts: a new name or store. */
      readonly pin: boolean;
      /** The store that this reply showed to be gone. */
      readonly replacedStore: string | undefined;
    }
  /**
   * The reply is no evidence. `returned`: a replaced store answered. `unshown`: another opening of its store, or another store,
   * answered before it could know what is remembered; shown that, it will count.
   */
  | { readonly kind: "rejected"; readonly fault: Fault; readonly because: "mismatch" | "returned" | "unshown" };

/** I8: a region whose store changes more often than this is lying, and is believed no further change. */
const REPLACED_STORES_MAX = 1_000;

/** A region of which nothing is known yet. */
export function unknownPeer(regionId: string): PeerMemory {
  return { regionId, reportedRegion: undefined, mark: undefined, replaced: [], acknowledgedSeedStyle: false };
}

/** It has never sent our headers, so it is judged by the seeds' protocol (unless the configuration is `strict`). */
export function isSeedStyle(memory: PeerMemory): boolean {
  return memory.mark === undefined;
}

/**
 * Judges who sent a reply to a request of ours (I1). Only replies teach a new name or store: they come from the endpoint that
 * the configuration names, while anybody can send a request. `echoed` is the mark that our request carried.
 */
export function judgePeer(
  memory: PeerMemory,
  expected: PeerExpectation,
  identification: Identification,
  claims: Claims,
  echoed: StoreMark | undefined,
): PeerJudgement {
  const { from } = identification;
  if (from === undefined) return judgeUnidentified(memory, expected, identification.partial ?? false);
  const wrongName = judgeName(memory, expected, from, claims);
  if (wrongName !== undefined) return { kind: "rejected", fault: wrongName, because: "mismatch" };
  const { storeId } = from.store;
  if (memory.replaced.includes(storeId)) {
    return {
      kind: "rejected",
      fault: storeMismatch(memory.mark?.storeId, `${storeId}, which was replaced`),
      because: "returned",
    };
  }
  const owner = claims.storeOwner(storeId);
  if (owner !== undefined && owner !== expected.regionId) {
    const fault = storeMismatch(memory.mark?.storeId, `${storeId}, which is the store of region ${owner}`);
    return { kind: "rejected", fault, because: "mismatch" };
  }
  if (memory.mark !== undefined && memory.mark.storeId !== storeId && memory.replaced.length >= REPLACED_STORES_MAX) {
    const fault = storeMismatch(memory.mark.storeId, `${storeId}, after ${REPLACED_STORES_MAX} other stores`);
    return { kind: "rejected", fault, because: "mismatch" };
  }
  return accept(memory, from, echoed);
}

/**
 * Whether a reply that was accepted comes from another opening of the region's store than the one that stays remembered. It is old
 * news, or the word of a copy that was restored; shown what is remembered, such a copy knows that it is one.
 */
export function isOfAnotherOpening({ mark }: PeerMemory, { from }: Identification): boolean {
  return mark !== undefined && from !== undefined && from.store.epoch !== mark.epoch;
}

/** The memory after hearing from a store that is already pinned, in a request of its own: only its position can grow. */
export function hearMark(memory: PeerMemory, from: Introduction): PeerMemory {
  if (memory.mark === undefined || memory.mark.storeId !== from.store.storeId) return memory;
  const mark = higherMark(memory.mark, from.store, undefined);
  return mark === memory.mark ? memory : { ...memory, mark };
}

function judgeUnidentified(memory: PeerMemory, expected: PeerExpectation, partial: boolean): PeerJudgement {
  if (memory.mark === undefined && expected.protocol === "auto" && !partial) {
    return { kind: "accepted", memory, pin: false, replacedStore: undefined };
  }
  const received = partial ? "none, in headers that introduce nobody" : "none, in a reply without our headers";
  return { kind: "rejected", fault: storeMismatch(memory.mark?.storeId, received), because: "mismatch" };
}

function judgeName(
  memory: PeerMemory,
  expected: PeerExpectation,
  from: Introduction,
  claims: Claims,
): Fault | undefined {
  if (!expected.alias) {
    return from.regionId === expected.regionId ? undefined : regionMismatch(expected.regionId, from.regionId);
  }
  if (memory.reportedRegion !== undefined) {
    return from.regionId === memory.reportedRegion ? undefined : regionMismatch(memory.reportedRegion, from.regionId);
  }
  const owner = claims.nameOwner(from.regionId);
  if (owner === undefined || owner === expected.regionId) return undefined;
  return regionMismatch(`a name of its own for ${expected.regionId}`, `${from.regionId}, the name of region ${owner}`);
}

function accept(memory: PeerMemory, from: Introduction, echoed: StoreMark | undefined): PeerJudgement {
  const before = memory.mark;
  const pin = before?.storeId !== from.store.storeId || memory.reportedRegion !== from.regionId;
  const replacedStore = before !== undefined && before.storeId !== from.store.storeId ? before.storeId : undefined;
  if (before !== undefined && isUnshown(before, from.store, echoed)) {
    return { kind: "rejected", fault: replacedStore === undefined ? REOPENED : REPLACED, because: "unshown" };
  }
  const mark =
    before === undefined || replacedStore !== undefined ? from.store : higherMark(before, from.store, echoed);
  if (!pin && mark === before) return { kind: "accepted", memory, pin, replacedStore };
  const replaced = replacedStore === undefined ? memory.replaced : [...memory.replaced, replacedStore];
  return { kind: "accepted", memory: { ...memory, reportedRegion: from.regionId, mark, replaced }, pin, replacedStore };
}

/**
 * Replies overtake each other, so a lower position is old news. A new epoch takes the old one's place only when the store was
 * shown our highest mark and still answered: forgotten earlier, a store restored from the past would never hear what it lost.
 */
function higherMark(known: StoreMark, heard: StoreMark, echoed: StoreMark | undefined): StoreMark {
  if (heard.position < known.position) return known;
  if (heard.epoch === known.epoch) return heard.position === known.position ? known : heard;
  const shown = echoed !== undefined && echoed.epoch === known.epoch && echoed.position >= known.position;
  return shown ? heard : known;
}

/**
 * Another opening has answered, and not been shown how far the one before had come. What it took lies beyond what is remembered,
 * and would be missed by nobody if the store were restored to before it (I2): it is asked again, and shown it then. The same for
 * another store: once it is the one that is remembered, nobody would tell it any more that it stands in the place of a lost one.
 */
function isUnshown(known: StoreMark, heard: StoreMark, echoed: StoreMark | undefined): boolean {
  if (heard.storeId !== known.storeId) return echoed?.storeId !== known.storeId;
  return heard.position >= known.position && higherMark(known, heard, echoed) === known && heard.epoch !== known.epoch;
}

const REOPENED: Fault = {
  kind: "broken",
  code: "REOPENED",
  detail: "its store was opened anew while it was asked, and was not shown what is remembered of it",
};

const REPLACED: Fault = {
  kind: "broken",
  code: "REPLACED",
  detail: "another store answers in its place, and was not shown which one is remembered",
};

function storeMismatch(expected: string | undefined, received: string): Fault {
  return mismatchFault("store", expected ?? "a store id", received);
}

function regionMismatch(expected: string, received: string): Fault {
  return mismatchFault("region", expected, received);
}
