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
}

interface OpenWait extends Wait {
  over: boolean;
  readonly resolve: (result: SyncResult) => void;
  readonly reject: (reason: unknown) => void;
  release: () => void;
}

/** Everybody who waits, by the receipt state they wait for. Lanes and questions bring the votes here. */
export class Waits {
  readonly #byState = new Map<string, Set<OpenWait>>();
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
      isOver: () => wait.over,
      resolve,
      reject,
      release: () => {},
    };
    const cancelTimer = this.#clock.schedule(options.timeoutMs, () => this.tell(wait, { kind: "timedOut" }));
    const onAbort = (): void => this.#end(wait, () => wait.reject(options.signal?.reason));
    options.signal?.addEventListener("abort", onAbort, { once: true });
    wait.release = () => {
      cancelTimer();
      options.signal?.removeEventListener("abort", onAbort);
    };
    this.#join(wait);
    return wait;
  }

  /** Whether somebody already waits for this very state. */
  has(state: ReceiptState): boolean {
    return this.#byState.has(keyOf(state.receiptId, state.digest, state.committed));
  }

  /** One wait learns something. */
  tell(wait: Wait, event: TallyEvent): void {
    if (wait.isOver()) return;
    stepTally(wait.tally, event, wait.beganMs);
    this.#settle(wait);
  }

  /** A region said something about a state; its word for `committed: true` holds for `false` too. */
  tellState(state: ReceiptState, event: TallyEvent): void {
    this.#tellKey(keyOf(state.receiptId, state.digest, state.committed), event);
    if (state.committed && event.kind === "confirmed")
      this.#tellKey(keyOf(state.receiptId, state.digest, false), event);
  }

  /** Something holds for every receipt: a lane closed, a store was replaced. */
  tellAll(event: TallyEvent): void {
    for (const waits of [...this.#byState.values()]) for (const wait of [...waits]) this.tell(wait, event);
  }

  /** Ends every wait with what is known (I5: pending is not refused). */
  endAll(): void {
    this.tellAll({ kind: "timedOut" });
  }

  #tellKey(key: string, event: TallyEvent): void {
    const waits = this.#byState.get(key);
    if (waits !== undefined) for (const wait of [...waits]) this.tell(wait, event);
  }

  #join(wait: OpenWait): void {
    const key = keyOf(wait.state.receiptId, wait.state.digest, wait.state.committed);
    const waits = this.#byState.get(key);
    if (waits === undefined) {
      this.#byState.set(key, new Set([wait]));
      return;
    }
    for (const other of waits) inheritVotes(wait.tally, other.tally);
    waits.add(wait);
  }

  #settle(wait: Wait): void {
    const open = this.#find(wait);
    if (open === undefined || decide(open.tally) === undefined) return;
    this.#end(open, () => open.resolve(syncResultOf(open.state, open.tally, open.policyDigest)));
  }

  #find(wait: Wait): OpenWait | undefined {
    const { receiptId, digest, committed } = wait.state;
    for (const open of this.#byState.get(keyOf(receiptId, digest, committed)) ?? []) if (open === wait) return open;
    return undefined;
  }

  #end(wait: OpenWait, settle: () => void): void {
    if (wait.over) return;
    wait.over = true;
    wait.release();
    const key = keyOf(wait.state.receiptId, wait.state.digest, wait.state.committed);
    const waits = this.#byState.get(key);
    waits?.delete(wait);
    if (waits?.size === 0) this.#byState.delete(key);
    settle();
  }
}

function keyOf(receiptId: string, digest: string, committed: boolean): string {
  return `${committed ? "1" : "0"}${digest}${receiptId}`;
}
