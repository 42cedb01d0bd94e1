import type {
  Burial,
  DeadLetter,
  DeadLetterCounts,
  DeadLetterKey,
  DeadLetterQuery,
  DeadLetterStatus,
} from "../seams/dead-letter.ts";

/**
 * The rules of dead letters (DESIGN §8) as plain synchronous state, without time or disk: part of the log in memory, and of
 * whatever store keeps them there. Changed in place; it has one owner.
 */
export class DeadLetterBook {
  /** In the order of their numbers: burying again keeps a letter's place. */
  readonly #letters = new Map<string, DeadLetter>();

  /**
   * The last burial is the news. It opens a resolved letter again, because the region took the receipt and does not any more; it
   * does not open a discarded one, because what was sent again after a crash would undo an operator's decision.
   */
  bury(burial: Burial): void {
    const { regionId, storeId, receiptId, digest, committed, position, kind, fault, attempts, buriedAt } = burial;
    const key = keyOf(burial);
    const known = this.#letters.get(key);
    this.#letters.set(key, {
      ...{ regionId, storeId, receiptId, digest, committed, position, kind, fault, attempts, buriedAt },
      number: known?.number ?? this.#letters.size + 1,
      firstBuriedAt: known?.firstBuriedAt ?? buriedAt,
      status: known?.status === "discarded" ? "discarded" : "open",
      settledAt: known?.status === "discarded" ? known.settledAt : undefined,
    });
  }

  /** A resolved letter stays resolved, and one that has the status keeps the time it got it; what nobody buried is left out. */
  mark(keys: readonly DeadLetterKey[], status: DeadLetterStatus, at: string): void {
    for (const key of keys.map(keyOf)) {
      const known = this.#letters.get(key);
      if (known === undefined || known.status === "resolved" || known.status === status) continue;
      this.#letters.set(key, { ...known, status, settledAt: status === "open" ? undefined : at });
    }
  }

  list({ regionId, storeId, receiptId, kind, status, after = 0, limit }: DeadLetterQuery): DeadLetter[] {
    const found: DeadLetter[] = [];
    for (const letter of this.#letters.values()) {
      if (found.length >= limit) break;
      const matches =
        letter.number > after &&
        (regionId ?? letter.regionId) === letter.regionId &&
        (storeId ?? letter.storeId) === letter.storeId &&
        (receiptId ?? letter.receiptId) === letter.receiptId &&
        (kind ?? letter.kind) === letter.kind &&
        (status ?? letter.status) === letter.status;
      if (matches) found.push(letter);
    }
    return found;
  }

  count(regionId: string, storeId: string): DeadLetterCounts {
    const open = this.list({ regionId, storeId, status: "open", limit: Number.POSITIVE_INFINITY });
    const poison = open.filter(({ kind }) => kind === "poison").length;
    return { refused: open.length - poison, poison };
  }
}

function keyOf({ regionId, storeId, receiptId, digest, committed }: DeadLetterKey): string {
  return JSON.stringify([regionId, storeId, receiptId, digest, committed]);
}
