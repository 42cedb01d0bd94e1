/**
 * Does a region take compressed bodies, and is it far enough away for that? Learnt from what it says and how it answers, for as
 * long as the transport lives.
 *
 * A receipt in a batch is four fifths key names, digits and repetition. Its compression takes about a microsecond, and its
 * inflation half of one; at a full CPU what both set up and clear away for each body costs several times as much.
 */
import { constants, zstdCompressSync } from "node:zlib";
import type { Identification } from "@rsync/core";
import type { HttpReply } from "./exchange.ts";
import type { ResolvedOptions } from "./options.ts";

type CompressionRules = Pick<ResolvedOptions, "compressBytesMin" | "compressRoundTripMsMin">;

/** A body as it goes over the wire. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  readonly encoding: "zstd" | undefined;
}

/**
 * Level 1 is the quickest, and on receipts, which share more with their neighbours than within themselves, also the one that
 * makes the smallest bodies.
 */
const LEVEL = 1;

/** Of the quickest round trip, with each reply. */
const FORGETTING = 1.005;

export class BodyEncoding {
  readonly #rules: CompressionRules;
  #accepted = false;
  #failed = false;
  #quickestMs = Number.POSITIVE_INFINITY;

  constructor(rules: CompressionRules) {
    this.#rules = rules;
  }

  /** Compressed where the region takes that and it is worth the work; else as it is. */
  encode(bytes: Uint8Array): EncodedBody {
    const plain = { bytes, encoding: undefined };
    const { compressBytesMin, compressRoundTripMsMin } = this.#rules;
    if (!this.#accepted || this.#failed || bytes.byteLength < compressBytesMin) return plain;
    if (this.#quickestMs < compressRoundTripMsMin) return plain;
    const compressed = compress(bytes);
    return compressed.byteLength < bytes.byteLength ? { bytes: compressed, encoding: "zstd" } : plain;
  }

  /** A reply to what was sent in this encoding, if any, after so long; from whom, its headers said. */
  heard(reply: HttpReply, { from }: Identification, sent: EncodedBody["encoding"], tookMs: number): void {
    // Of the region's own replies, and not for ever: somebody on the way may answer sooner, and the way may change.
    if (from !== undefined) this.#quickestMs = Math.min(this.#quickestMs * FORGETTING, tookMs);
    const accepts = reply.header("accept-encoding");
    if (from !== undefined && accepts !== undefined) this.#accepted = namesZstd(accepts);
    // 415: it takes no such body after all. 400, the answer to what is no JSON: something on the way spoils such bodies. Either
    // refuses no receipt, so the lane sends them again, and they go plain from now on.
    if (sent !== undefined && (reply.status === 415 || reply.status === 400)) this.#failed = true;
  }
}

function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    pledgedSrcSize: bytes.byteLength,
  });
}

/** One of a list, unless its weight is 0. */
function namesZstd(accepts: string): boolean {
  return accepts.split(",").some((each) => /^\s*zstd\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*$).*)?$/i.test(each));
}
