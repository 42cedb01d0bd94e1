import { formatWireReceipt, type Receipt } from "@rsync/core";
import type { RedisClient } from "./redis-server.ts";

interface Waiting {
  readonly receipts: readonly Receipt[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const WAIT_MS_MAX = 10_000;

/**
 * One connection whose callers share their WAITs: it holds up the whole connection, so what comes meanwhile gathers and is
 * written with one WAIT after it. With many callers two to three times as fast as a connection and a WAIT for each.
 */
export class SharedWait {
  readonly #client: RedisClient;
  #gathered: Waiting[] = [];
  #busy = false;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  /** Resolves when a replica too has acknowledged them. */
  submit(receipts: readonly Receipt[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#gathered.push({ receipts, resolve, reject });
    // Callers that submit in the same turn go together.
    queueMicrotask(() => void this.#send());
    return promise;
  }

  async #send(): Promise<void> {
    if (this.#busy || this.#gathered.length === 0) return;
    this.#busy = true;
    const group = this.#gathered;
    this.#gathered = [];
    try {
      const written = group.map(({ receipts }) => this.#write(receipts));
      const [replicas] = await Promise.all([this.#client.wait(1, WAIT_MS_MAX), ...written]);
      if (replicas < 1) throw new Error("No Redis replica has acknowledged");
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#busy = false;
    void this.#send();
  }

  async #write(receipts: readonly Receipt[]): Promise<void> {
    const pairs = receipts.map((receipt) => [receipt.receiptId, formatWireReceipt(receipt)] as const);
    const [only, ...others] = pairs;
    if (only !== undefined && others.length === 0) await this.#client.set(...only);
    else await this.#client.mSet(pairs.flat());
  }
}
