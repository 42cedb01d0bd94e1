/** A compressed body back to what it was, in bounded memory and time (I8). */
import { constants, gunzipSync, zstdDecompressSync } from "node:zlib";

/** The encodings that a body may come in, the one that we like best first. */
export const ENCODINGS = ["zstd", "gzip"] as const;

export type Encoding = (typeof ENCODINGS)[number];

export type Inflated =
  | { readonly kind: "inflated"; readonly bytes: Uint8Array }
  /** It would have become larger than allowed; inflating stopped there. */
  | { readonly kind: "tooLarge" }
  | { readonly kind: "broken"; readonly message: string };

/**
 * A frame says for itself how far back it refers, and so how much memory reading it takes: 2^23 bytes is what RFC 8878 wants every
 * reader to allow, and no body of ours is as large.
 */
const WINDOW_LOG_MAX = 23;

/** What comes out is gathered in pieces of this size. */
const CHUNK_BYTES = 128 * 1024;

/**
 * In one go, not on a thread: a body within its bound takes a millisecond or two, and so never more than one is being inflated,
 * however many arrive at once.
 */
export function inflate(bytes: Uint8Array, encoding: Encoding, bytesMax: number): Inflated {
  const bounds = { maxOutputLength: bytesMax, chunkSize: Math.min(bytesMax, CHUNK_BYTES) };
  try {
    return { kind: "inflated", bytes: encoding === "gzip" ? gunzipSync(bytes, bounds) : unzstd(bytes, bounds) };
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return { kind: "tooLarge" };
    }
    return { kind: "broken", message: error instanceof Error ? error.message : String(error) };
  }
}

function unzstd(bytes: Uint8Array, bounds: { readonly maxOutputLength: number; readonly chunkSize: number }): Buffer {
  return zstdDecompressSync(bytes, { ...bounds, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX } });
}
