/**
 * The connections to one region: at most so many, each carrying one request at a time, kept open for the next.
 *
 * Why not undici's `Pool`: a request that waits for its connection can not be taken back from it. While a region's packets
 * vanish, requests that nobody waits for any more would pile up behind half-open sockets and be sent late or kill fresh
 * connections. Here a request owns its connection from the start of connecting on, so giving it up frees all of it at once.
 */
import { Socket } from "node:net";
import { buildConnector, Client } from "undici";
import type { ResolvedOptions } from "./options.ts";

/** A connection, made when first used and made again when it was closed in between. */
export interface Connection {
  readonly client: Client;
  /** Closes it now, also while it is still being made. */
  readonly destroy: () => Promise<void>;
}

/** Called with a connection as soon as there is one. */
type Waiter = (connection: Connection) => void;

export class RegionConnections {
  readonly #origin: string;
  readonly #options: ResolvedOptions;
  readonly #all = new Set<Connection>();
  /** The one used last is used first: it is the most likely to be open still, and the others may go idle. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<Waiter>();
  readonly #closing = new Set<Promise<void>>();

  constructor(origin: string, options: ResolvedOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  /** Hands over a connection, now or when there is one. The returned function withdraws the wish. */
  acquire(waiter: Waiter): () => void {
    this.#waiting.add(waiter);
    this.#handOver();
    return () => {
      this.#waiting.delete(waiter);
    };
  }

  /** Gives a connection back whose exchange is over. */
  release(connection: Connection): void {
    if (!this.#all.has(connection)) return;
    this.#idle.push(connection);
    // Later, because undici may still be in the middle of ending this exchange, and takes no other request meanwhile.
    queueMicrotask(() => this.#handOver());
  }

  /** Closes a connection in the middle of its exchange. */
  discard(connection: Connection): void {
    this.#all.delete(connection);
    this.#destroy(connection);
    // Later, because one signal may end many calls: none of them should open a connection before it is its turn to end.
    queueMicrotask(() => this.#handOver());
  }

  /** Closes everything; resolves when no socket is left, those discarded before included. Nobody gets a connection any more. */
  async close(): Promise<void> {
    this.#waiting.clear();
    this.#idle.length = 0;
    for (const connection of this.#all) this.#destroy(connection);
    this.#all.clear();
    await Promise.all(this.#closing);
  }

  #handOver(): void {
    for (const waiter of this.#waiting) {
      const connection = this.#idle.pop() ?? this.#open();
      if (connection === undefined) return;
      this.#waiting.delete(waiter);
      waiter(connection);
    }
  }

  #destroy(connection: Connection): void {
    const closing = connection.destroy().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #open(): Connection | undefined {
    if (this.#all.size >= this.#options.connectionsMax) return undefined;
    const connection = openConnection(this.#origin, this.#options);
    this.#all.add(connection);
    return connection;
  }
}

function openConnection(origin: string, options: ResolvedOptions): Connection {
  const { ca, cert, key } = options.tls;
  // I7: the attempt's own timeout covers connecting, so every timeout of undici's is off.
  const connect = buildConnector({
    timeout: 0,
    allowH2: false,
    ...(ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  let connecting: unknown;
  const client = new Client(origin, {
    connect: (target, callback) => {
      connecting = connect(target, callback);
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveTimeoutThreshold: 1000,
    keepAliveMaxTimeout: 60_000,
  });
  return {
    client,
    destroy: async () => {
      const destroyed = client.destroy();
      // undici waits for a connection that is being made before it closes it, which can take the system minutes.
      if (connecting instanceof Socket) connecting.destroy();
      await destroyed;
    },
  };
}
