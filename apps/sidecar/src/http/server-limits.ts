/**
 * Bounds of the two servers (I8), all of them explicit.
 *
 * One owner per duration (I7): these bound what a client may do to us. How long a call waits, the manager bounds; how long
 * an exchange between regions may take, the sending region.
 */
import type { Server } from "node:http";
import type { FastifyHttpOptions } from "fastify";

/**
 * Milliseconds that an unused connection stays open: longer than the 4 s of our own transport, so that the side that sends is
 * the one that closes, and no request meets a closing socket.
 */
const keepAliveTimeoutMs = 30_000;

/** Milliseconds that the headers of a request may take. */
const headersTimeoutMs = 10_000;

/** Milliseconds that a whole request of another region may take: its bodies have 1 MiB at most. */
const peerRequestTimeoutMs = 30_000;

/** Connections at once; beyond them new ones are closed at once. */
export const appConnectionsMax = 4_096;
export const peerConnectionsMax = 1_024;

/** An id of 256 code points takes twelve characters for each in the worst case, percent-encoded. */
const paramCharsMax = 12 * 256;

const shared = {
  logger: false,
  keepAliveTimeout: keepAliveTimeoutMs,
  // A drain ends idle connections and lets requests finish.
  forceCloseConnections: "idle",
  exposeHeadRoutes: false,
} as const satisfies FastifyHttpOptions<Server>;

/**
 * The app side bounds bodies where it reads them: a stream of receipts may last for hours, and Node's own limit knows no
 * difference between that and a client that dawdles.
 */
export const appServerOptions = {
  ...shared,
  requestTimeout: 0,
  http: { headersTimeout: headersTimeoutMs },
  routerOptions: { maxParamLength: paramCharsMax },
} as const satisfies FastifyHttpOptions<Server>;

export const peerServerOptions = {
  ...shared,
  requestTimeout: peerRequestTimeoutMs,
  http: { headersTimeout: headersTimeoutMs },
} as const satisfies FastifyHttpOptions<Server>;
