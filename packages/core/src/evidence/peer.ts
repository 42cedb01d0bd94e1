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
   * answered before it could know what is remembered; asked again, and shown that, it will count.
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

/** The memory after hearing from a store that is already pinned, in a request of its own: only its position can grow. */
export function hearMark(memory: PeerMemory, from: Introduction): PeerMemory {
  const { mark } = memory;
  const isKnown = mark?.storeId === from.store.storeId && mark.epoch === from.store.epoch;
  return isKnown && from.store.position > mark.position ? { ...memory, mark: from.store } : memory;
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
  const { mark: before } = memory;
  const { store } = from;
  const rejected = before === undefined ? undefined : rejectUnheeded(before, store, echoed);
  if (rejected !== undefined) return rejected;
  const isAnother = before?.storeId !== store.storeId;
  const replacedStore = isAnother ? before?.storeId : undefined;
  const pin = isAnother || memory.reportedRegion !== from.regionId;
  // Replies overtake each other, so a lower position is old news.
  const isNews = isAnother || before.epoch !== store.epoch || before.position < store.position;
  if (!pin && !isNews) return { kind: "accepted", memory, pin, replacedStore };
  const replaced = replacedStore === undefined ? memory.replaced : [...memory.replaced, replacedStore];
  const mark = isNews ? store : before;
  return { kind: "accepted", memory: { ...memory, reportedRegion: from.regionId, mark, replaced }, pin, replacedStore };
}

/**
 * Who answers for a region must know what is remembered of it, before the answer counts (I2). Another opening that was not shown the
 * highest mark may be that of a copy from before what it took, which nobody would miss; or it answered long ago, and by now its
 * region has heard that it lacks something. Another store that was not shown which one is remembered does not know that it stands in
 * for it; and once it is the one that is remembered, nobody would tell it any more. Both are asked again, and shown it then. A
 * copy that was shown the mark and goes on as if it were nothing heeds nobody's word here: it will not count until it does.
 */
function rejectUnheeded(known: StoreMark, heard: StoreMark, echoed: StoreMark | undefined): PeerJudgement | undefined {
  if (heard.storeId !== known.storeId) {
    return echoed?.storeId === known.storeId ? undefined : { kind: "rejected", fault: REPLACED, because: "unshown" };
  }
  if (heard.epoch === known.epoch) return undefined;
  const shown = echoed !== undefined && echoed.epoch === known.epoch && echoed.position >= known.position;
  if (!shown) return { kind: "rejected", fault: REOPENED, because: "unshown" };
  if (heard.position >= known.position) return undefined;
  const expected = `${known.storeId} as far as ${known.position}, or a new store id from a copy of it`;
  const received = `a copy of it that ends at ${heard.position} and does not heed what others remember; is this region configured there?`;
  return { kind: "rejected", fault: storeMismatch(expected, received), because: "mismatch" };
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
