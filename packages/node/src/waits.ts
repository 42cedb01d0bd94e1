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
  readonly waits: OpenWait[];
  /** Aborted when the last of them has gone; made only for who asks, since nearly every wait is answered by a lane. */
  over: AbortController | undefined;
}

/** Everybody who waits, by the receipt state they wait for. Lanes and questions bring the votes here. */
export class Waits {
  /** By digest, which covers the receipt id. */
  readonly #committed = new Map<string, Group>();
  readonly #uncommitted = new Map<string, Group>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins a wait; votes that another wait for the same state has already gathered count at once (DESIGN §7). */
  begin(state: ReceiptState, rules: TallyRules, options: WaitOptions): Wait {
    const { promise, resolve, reject } = Promise.withResolvers<SyncResult>();
    const wait: OpenWait = {
      state,
      tally: createTally(rules),
      beganMs: this.#clock.monotonicMs(),
      policyDigest: options.policyDigest,
      ended: promise,
      over: false,
      requireDurable: options.requireDurable,
      resolve,
      reject,
      release: () => {},
    };
    const cancelTimer = this.#clock.schedule(options.timeoutMs, () => this.tell(wait, { kind: "timedOut" }), {
      keepAlive: true,
    });
    wait.release = cancelTimer;
    this.#join(wait);
    if (options.signal !== undefined) this.#endWith(wait, options.signal, cancelTimer);
    return wait;
  }

  /** Whether anybody waits for this state. */
  isWaitedFor(state: ReceiptState): boolean {
    return this.#groupOf(state) !== undefined;
  }

  /** Aborted when nobody waits for this state any more; `undefined` when nobody does. */
  overSignal(state: ReceiptState): AbortSignal | undefined {
    const group = this.#groupOf(state);
    if (group === undefined) return undefined;
    group.over ??= new AbortController();
    return group.over.signal;
  }

  /** Whether somebody who waits for the state has no vote of the region. */
  wants(state: ReceiptState, regionId: string): boolean {
    const waits = this.#groupOf(state)?.waits ?? [];
    return waits.some(({ tally }) => tally.regions.get(regionId)?.vote === "waiting");
  }

  /** One wait learns something. */
  tell(wait: Wait, event: TallyEvent): void {
    const open = this.#groupOf(wait.state)?.waits.find((each) => each === wait);
    if (open !== undefined) this.#learn(open, event);
  }

  /** A region said something about a state; its word for `committed: true` holds for `false` too. */
  tellState(state: ReceiptState, event: TallyEvent): void {
    this.#tellGroup(this.#groupOf(state), event);
    if (state.committed && event.kind === "confirmed" && this.#uncommitted.size > 0) {
      this.#tellGroup(this.#uncommitted.get(state.digest), event);
    }
  }

  /** Something holds for every receipt: a lane closed, a store was replaced. */
  tellAll(event: TallyEvent): void {
    for (const groups of [this.#committed, this.#uncommitted]) {
      for (const group of [...groups.values()]) this.#tellGroup(group, event);
    }
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

  #tellGroup(group: Group | undefined, event: TallyEvent): void {
    if (group === undefined) return;
    const [first] = group.waits;
    if (group.waits.length === 1 && first !== undefined) this.#learn(first, event);
    else for (const wait of [...group.waits]) this.#learn(wait, event);
  }

  #learn(wait: OpenWait, event: TallyEvent): void {
    if (wait.over) return;
    stepTally(wait.tally, wait.requireDurable ? withoutMemory(event) : event, wait.beganMs);
    if (decide(wait.tally) === undefined) return;
    this.#end(wait);
    wait.resolve(syncResultOf(wait.state, wait.tally, wait.policyDigest));
  }

  #join(wait: OpenWait): void {
    const { digest, committed } = wait.state;
    const groups = committed ? this.#committed : this.#uncommitted;
    const group = groups.get(digest);
    if (group === undefined) {
      groups.set(digest, { waits: [wait], over: undefined });
      return;
    }
    for (const other of group.waits) {
      if (other.requireDurable === wait.requireDurable) inheritVotes(wait.tally, other.tally);
    }
    group.waits.push(wait);
  }

  /** The caller gives up the wait, and nothing else. */
  #endWith(wait: OpenWait, signal: AbortSignal, cancelTimer: () => void): void {
    // Whoever began the wait may still be busy with something else when it ends.
    wait.ended.catch(() => {});
    const onAbort = (): void => {
      if (wait.over) return;
      this.#end(wait);
      wait.reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    wait.release = () => {
      cancelTimer();
      signal.removeEventListener("abort", onAbort);
    };
    if (signal.aborted) onAbort();
  }

  #groupOf({ digest, committed }: ReceiptState): Group | undefined {
    return (committed ? this.#committed : this.#uncommitted).get(digest);
  }

  #end(wait: OpenWait): void {
    wait.over = true;
    wait.release();
    const { digest, committed } = wait.state;
    const groups = committed ? this.#committed : this.#uncommitted;
    const group = groups.get(digest);
    if (group === undefined) return;
    const index = group.waits.indexOf(wait);
    if (index >= 0) group.waits.splice(index, 1);
    if (group.waits.length > 0) return;
    groups.delete(digest);
    group.over?.abort();
  }
}

/** What a store that only keeps memory confirms is no vote where durable ones are required. */
function withoutMemory(event: TallyEvent): TallyEvent {
  if (event.kind !== "confirmed" || event.durability !== "memory") return event;
  return { kind: "closed", regionId: event.regionId, trouble: { kind: "noVote", reason: "notDurable" } };
}
