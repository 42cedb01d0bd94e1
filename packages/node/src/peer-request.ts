/** What passes between the server that another region calls, whichever it is, and the protocol. */

/** One request of another region. */
export interface PeerRequest {
  readonly method: string;
  /** The path as it came, still percent-encoded, without the query; any mount prefix removed. */
  readonly path: string;
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /**
   * Reads the body just as it came, still compressed where it was sent so: all of it, or `tooLarge` when it has more bytes than
   * `bytesMax`. Called at most once. Decompressing and decoding are the protocol's.
   */
  readonly body: (bytesMax: number) => Promise<PeerBody>;
}

/** What a server read of a body. */
export type PeerBody = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "tooLarge" };

/** The answer, for any server to send. */
export interface PeerResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
