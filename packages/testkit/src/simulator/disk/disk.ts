/** A disk with a page cache: what was written survives the process, what was fsynced survives the power. */
import type { MemoryLog } from "@rsync/core";
import type { Draw } from "../draw.ts";
import { carryOut, replay, type Transaction } from "./journal.ts";

/** Told when what lies on the platter has changed, whatever became of the process that wrote it. */
export interface DiskObserver {
  /** Transactions became durable. */
  readonly synced: (log: MemoryLog) => void;
  /** Everything, or everything after some earlier moment, is gone; `log` is what is left. */
  readonly destroyed: (log: MemoryLog | undefined) => void;
}

/** One region's disk. It outlives every process that uses it. */
export class Disk {
  /** How likely a write finds no space: 0 with plenty, 1 on a full disk, and something between on one that is nearly so. */
  fullness = 0;
  /** The next fsync fails: what it should have written may or may not be there. */
  fsyncFails = false;
  readonly #observer: DiskObserver;
  #durable: Transaction[] = [];
  #cached: Transaction[] = [];
  #log: MemoryLog | undefined;

  constructor(observer: DiskObserver) {
    this.#observer = observer;
  }

  /** The log as the durable transactions make it. For whoever looks at the disk from outside; no process reads this. */
  get log(): MemoryLog | undefined {
    return this.#log;
  }

  /** Transactions that are durable: the length of a copy that a backup would take now. */
  get durableLength(): number {
    return this.#durable.length;
  }

  /** What a process finds when it opens its files: the page cache does not tell what was fsynced. */
  read(): MemoryLog | undefined {
    return replay([...this.#durable, ...this.#cached]);
  }

  /** Puts a transaction into the page cache. */
  write(transaction: Transaction, draw: Draw): "written" | "full" {
    if (this.fullness > 0 && draw.chance(this.fullness)) return "full";
    this.#cached.push(transaction);
    return "written";
  }

  /** Makes everything durable that was written so far. A failed one leaves that to chance (`draw`). */
  fsync(draw: Draw): "durable" | "failed" {
    if (this.fsyncFails) {
      this.fsyncFails = false;
      if (draw.chance(0.5)) this.#cached = [];
      return "failed";
    }
    const synced = this.#cached;
    this.#cached = [];
    this.#makeDurable(synced);
    return "durable";
  }

  /** The power fails: a random part of what was not fsynced is gone, never one transaction without those before it. */
  losePower(draw: Draw): void {
    const kept = this.#cached.slice(0, draw.integer(0, this.#cached.length));
    this.#cached = [];
    this.#makeDurable(kept);
  }

  /** A new disk in the place of this one. Returns what was on it, for it may turn up again. */
  wipe(): readonly Transaction[] {
    const lost = this.#durable;
    this.#put([]);
    return lost;
  }

  /** Puts a copy in the place of what is there: an older one of this very disk, or one thought to be gone. */
  restore(copy: readonly Transaction[]): void {
    this.#put(copy);
  }

  /** A copy as it was when `length` transactions were durable. */
  copy(length: number): readonly Transaction[] {
    return this.#durable.slice(0, length);
  }

  #put(transactions: readonly Transaction[]): void {
    this.#durable = [...transactions];
    this.#cached = [];
    this.#log = replay(this.#durable);
    this.#observer.destroyed(this.#log);
  }

  #makeDurable(transactions: readonly Transaction[]): void {
    if (transactions.length === 0) return;
    this.#durable.push(...transactions);
    if (this.#log === undefined) this.#log = replay(this.#durable);
    else for (const transaction of transactions) for (const command of transaction) carryOut(this.#log, command);
    if (this.#log !== undefined) this.#observer.synced(this.#log);
  }
}
