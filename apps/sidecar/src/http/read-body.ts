/** The body of a request, bounded in bytes and, on the way, in memory. */
import type { IncomingMessage } from "node:http";

/** A body as it came. */
export type Bytes = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "tooLarge" };

/** A body as text. */
export type Body =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "notUtf8" };

/** Rejects when the client goes away in the middle of it. What comes after the limit is left to be discarded. */
export async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Bytes> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return { kind: "tooLarge" };
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Bytes>();
  const onData = (chunk: Buffer): void => {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes > bytesMax) resolve({ kind: "tooLarge" });
  };
  const onClose = (): void => reject(new ClientGoneError());
  const onEnd = (): void => {
    // Every request is closed after its end, and an error made for nobody costs more than the rest of this.
    request.off("close", onClose);
    resolve({ kind: "bytes", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
  };
  request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
  try {
    return await promise;
  } finally {
    request.off("data", onData).off("end", onEnd).off("close", onClose);
  }
}

/** A small body takes milliseconds to arrive; whoever has not sent it by then will not. */
const BODY_MS = 30_000;

/** As text, for servers without a timeout of their own over whole requests. */
export async function readBodyInTime(request: IncomingMessage, bytesMax: number): Promise<Body> {
  const dawdling = setTimeout(() => request.destroy(), BODY_MS);
  const body = await readBytes(request, bytesMax).finally(() => clearTimeout(dawdling));
  return body.kind === "bytes" ? decodeUtf8(body.bytes) : body;
}

/** Never lossy: an id with a letter replaced would be another id. */
export function decodeUtf8(bytes: Uint8Array): Exclude<Body, { kind: "tooLarge" }> {
  try {
    return { kind: "text", text: decoder.decode(bytes) };
  } catch {
    return { kind: "notUtf8" };
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The client went away; there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";

  constructor() {
    super("The client went away");
  }
}
