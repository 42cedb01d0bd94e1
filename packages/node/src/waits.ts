import {
  type Clock,
  createTally,
  decide,
  inheritVotes,
  type ReceiptState,
  stepTally,
  type Tally,
  type TallyEvent,
  type TallyRules,
} from "@rsync/core";
import { type SyncResult, syncResultOf } from "./sync-result.ts";

/** Somebody who waits for a receipt state to be decided. */
export interface Wait {
  readonly state: ReceiptState;
  readonly tally: Tally;
  readonly beganMs: number;
  readonly policyDigest: string;
  /** Resolves with what is known when the wait ends; rejects only with the caller's abort reason. */
  readonly ended: Promise<SyncResult>;
  readonly isOver: () => boolean;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly policyDigest: string;
  /** As configured when the wait began: votes from memory, found under another configuration, do not count for it. */
  readonly requireDurable: boolean;
}

interface OpenWait extends Wait {
  over: boolean;
  readonly requireDurable: boolean;
  readonly resolve: (result: SyncResult) => void;
  readonly reject: (reason: unknown) => void;
  release: () => void;
}

/** Those who wait for one state. */
interface Group {
  readonly waits: Set<OpenWait>;
  /** Aborted when the last of them has gone. */
  readonly over: AbortController;
}

/** Everybody who waits, by the receipt state they wait for. Lanes and questions bring the votes here. */
export class Waits {
  readonly #byState = new Map<string, Group>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins a wait; votes that another wait for the same state has already gathered count at once (DESIGN §7). */
  begin(state: ReceiptState, rules: TallyRules, options: WaitOptions): Wait {
    const { promise, resolve, reject } = Promise.withResolvers<SyncResult>();
    // Whoever began the wait may still be busy with something else when it ends.
    promise.catch(() => {});
    const wait: OpenWait = {
      state,
      tally: createTally(rules),
      beganMs: this.#clock.monotonicMs(),
      policyDigest: options.policyDigest,
      ended: promise,
      over: false,
      requireDurable: options.requireDurable,
      isOver: () => wait.over,
      resolve,
      reject,
      release: () => {},
    };
    const cancelTimer = this.#clock.schedule(options.timeoutMs, () => this.tell(wait, { kind: "timedOut" }), {
      keepAlive: true,
    });
    const onAbort = (): void => this.#end(wait, () => wait.reject(options.signal?.reason));
    options.signal?.addEventListener("abort", onAbort, { once: true });
    wait.release = () => {
      cancelTimer();
      options.signal?.removeEventListener("abort", onAbort);
    };
    this.#join(wait);
    if (options.signal?.aborted) onAbort();
    return wait;
  }

  /** Aborted when nobody waits for this state any more; `undefined` when nobody does. */
  overSignal(state: ReceiptState): AbortSignal | undefined {
    return this.#groupOf(state)?.over.signal;
  }

  /** Whether somebody who waits for the state has no vote of the region. */
  wants(state: ReceiptState, regionId: string): boolean {
    for (const { tally } of this.#groupOf(state)?.waits ?? []) {
      if (tally.regions.get(regionId)?.vote === "waiting") return true;
    }
    return false;
  }

  /** One wait learns something. */
  tell(wait: Wait, event: TallyEvent): void {
    const open = this.#find(wait);
    if (open !== undefined) this.#learn(open, event);
  }

  /** A region said something about a state; its word for `committed: true` holds for `false` too. */
  tellState(state: ReceiptState, event: TallyEvent): void {
    this.#tellKey(keyOf(state.receiptId, state.digest, state.committed), event);
    if (state.committed && event.kind === "confirmed")
      this.#tellKey(keyOf(state.receiptId, state.digest, false), event);
  }

  /** Something holds for every receipt: a lane closed, a store was replaced. */
  tellAll(event: TallyEvent): void {
    for (const { waits } of [...this.#byState.values()]) for (const wait of [...waits]) this.#learn(wait, event);
  }

  /** A store does not vote for now, so what it said does not count for whoever still waits. */
  withdraw(regionId: string, storeId: string): void {
    this.tellAll({ kind: "voteWithdrawn", regionId, storeId });
    this.tellAll({ kind: "closed", regionId, trouble: { kind: "noVote", reason: "refilling" } });
  }

  /** Ends every wait with what is known (I5: pending is not refused). */
  endAll(): void {
    this.tellAll({ kind: "timedOut" });
  }

  #tellKey(key: string, event: TallyEvent): void {
    const group = this.#byState.get(key);
    if (group !== undefined) for (const wait of [...group.waits]) this.#learn(wait, event);
  }

  #learn(wait: OpenWait, event: TallyEvent): void {
    if (wait.over) return;
    stepTally(wait.tally, wait.requireDurable ? withoutMemory(event) : event, wait.beganMs);
    if (decide(wait.tally) === undefined) return;
    this.#end(wait, () => wait.resolve(syncResultOf(wait.state, wait.tally, wait.policyDigest)));
  }

  #join(wait: OpenWait): void {
    const { receiptId, digest, committed } = wait.state;
    const group = this.#groupOf(wait.state);
    if (group === undefined) {
      const key = keyOf(receiptId, digest, committed);
      this.#byState.set(key, { waits: new Set([wait]), over: new AbortController() });
      return;
    }
    for (const other of group.waits) {
      if (other.requireDurable === wait.requireDurable) inheritVotes(wait.tally, other.tally);
    }
    group.waits.add(wait);
  }

  #groupOf({ receiptId, digest, committed }: ReceiptState): Group | undefined {
    return this.#byState.get(keyOf(receiptId, digest, committed));
  }

  #find(wait: Wait): OpenWait | undefined {
    for (const open of this.#groupOf(wait.state)?.waits ?? []) if (open === wait) return open;
    return undefined;
  }

  #end(wait: OpenWait, settle: () => void): void {
    if (wait.over) return;
    wait.over = true;
    wait.release();
    const { receiptId, digest, committed } = wait.state;
    const group = this.#groupOf(wait.state);
    group?.waits.delete(wait);
    if (group?.waits.size === 0) {
      this.#byState.delete(keyOf(receiptId, digest, committed));
      group.over.abort();
    }
    settle();
  }
}

/** What a store that only keeps memory confirms is no vote where durable ones are required. */
function withoutMemory(event: TallyEvent): TallyEvent {
  if (event.kind !== "confirmed" || event.durability !== "memory") return event;
  return { kind: "closed", regionId: event.regionId, trouble: { kind: "noVote", reason: "notDurable" } };
}

function keyOf(receiptId: string, digest: string, committed: boolean): string {
  return `${committed ? "1" : "0"}${digest}${receiptId}`;
}
