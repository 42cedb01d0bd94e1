import type { Clock } from "@rsync/core";
import { systemClock } from "./system-clock.ts";

/** Certificates for `https` endpoints, as PEM text. */
export interface TlsOptions {
  /** Whom to trust instead of the authorities that Node brings: the usual case inside a company. */
  readonly ca?: string | readonly string[];
  /** Our own certificate, for regions that ask who connects (mutual TLS). Needs `key`. */
  readonly cert?: string;
  /** The private key that belongs to `cert`. */
  readonly key?: string;
}

/** How an HTTP transport behaves; everything has a default that fits a region's sidecar. */
export interface HttpTransportOptions {
  /**
   * Sockets that one region may occupy, each carrying one request at a time. Default 16: a lane's window is 4, and reads
   * of a verification run beside it. Calls beyond it wait their turn, within their own timeout.
   */
  readonly connectionsMax?: number;
  /**
   * Bytes of one reply's body, counted while they arrive. Default 4194304 (4 MiB): room for the reply to a full batch in which
   * every receipt is refused at length. A longer reply is `garbled` and its connection is closed, so that no peer can fill our
   * memory.
   */
  readonly replyBytesMax?: number;
  /**
   * Bodies of at least so many bytes are sent compressed (zstd) to regions that say that they take it. Default 16384 (16 KiB), at
   * 300 to 400 bytes a receipt a batch of about 45: what is smaller leaves in the first packets of a connection anyway, and setting
   * compression up costs both ends more than the bytes cost the wire. From there on a batch shrinks to about a fifth, which saves
   * round trips between distant regions, and traffic that is paid for. `Infinity` never compresses.
   */
  readonly compressBytesMin?: number;
  /**
   * The same only to regions whose quickest answer so far took at least so many milliseconds. Default 5: to a nearer one, on a
   * loopback or a quick local network, compression saves no time, and costs both ends several microseconds a receipt. 0 compresses
   * whatever the distance, where traffic is paid for.
   */
  readonly compressRoundTripMsMin?: number;
  /**
   * Milliseconds that an unused connection stays open. Default 4000, because servers commonly close after 5 s: the side that
   * closes first never meets a request on its way to a closed socket. A server's own `Keep-Alive: timeout=N` counts instead,
   * less one second, at most a minute.
   */
  readonly keepAliveMs?: number;
  /** Certificates; default none of our own and the authorities that Node brings. */
  readonly tls?: TlsOptions;
  /** What measures timeouts. Default the clock of this machine; a test gives a virtual one (I10). */
  readonly clock?: Clock;
}

/** {@link HttpTransportOptions} with every default filled in. */
export interface ResolvedOptions {
  readonly connectionsMax: number;
  readonly replyBytesMax: number;
  readonly compressBytesMin: number;
  readonly compressRoundTripMsMin: number;
  readonly keepAliveMs: number;
  readonly tls: TlsOptions;
  readonly clock: Clock;
}

/** Throws a `RangeError` for a number that would make the transport useless: that is a mistake of whoever calls. */
export function resolveOptions(options: HttpTransportOptions): ResolvedOptions {
  return {
    connectionsMax: positive("connectionsMax", options.connectionsMax ?? 16),
    replyBytesMax: positive("replyBytesMax", options.replyBytesMax ?? 4 * 1024 * 1024),
    compressBytesMin: compressBytesMin(options.compressBytesMin ?? 16 * 1024),
    compressRoundTripMsMin: notNegative("compressRoundTripMsMin", options.compressRoundTripMsMin ?? 5),
    keepAliveMs: positive("keepAliveMs", options.keepAliveMs ?? 4000),
    tls: options.tls ?? {},
    clock: options.clock ?? systemClock,
  };
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`);
}

function notNegative(name: string, value: number): number {
  if (value >= 0) return value;
  throw new RangeError(`${name} must be a number of at least 0, not ${value}`);
}

function compressBytesMin(value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : positive("compressBytesMin", value);
}
