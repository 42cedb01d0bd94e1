import { answerPeer } from "./peer-protocol.ts";
import type { PeerBody } from "./peer-request.ts";
import type { ReceiptReceiver } from "./receiver.ts";
import { systemClock } from "./system-clock.ts";

/** How the handler is mounted. */
export interface FetchHandlerOptions {
  /** Path prefix below which other regions' `endpoint` reaches this service, such as `/sync`. Default none. */
  readonly prefix?: string | undefined;
  /** Wall clock for the label in acknowledgements; default the real one. */
  readonly wallMs?: (() => number) | undefined;
}

/**
 * Answers what other regions send, in the form that servers of the Fetch standard call: `(request) => response`. Mount it
 * where peers reach it and nobody else does; it authenticates nobody. Never rejects.
 */
export function fetchHandler(
  receiver: ReceiptReceiver,
  options: FetchHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const prefix = (options.prefix ?? "").replace(/\/+$/, "");
  const wallMs = options.wallMs ?? systemClock.wallMs;
  return async (request) => {
    const { pathname } = new URL(request.url);
    const inside = pathname === prefix || pathname.startsWith(`${prefix}/`);
    const answer = await answerPeer(
      receiver,
      {
        method: request.method,
        path: inside ? pathname.slice(prefix.length) : `/outside${pathname}`,
        header: (name) => request.headers.get(name) ?? undefined,
        body: (bytesMax) => readBody(request, bytesMax),
      },
      wallMs,
    );
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
}

async function readBody(request: Request, bytesMax: number): Promise<PeerBody> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return { kind: "tooLarge" };
    chunks.push(chunk);
  }
  const [only] = chunks;
  return { kind: "bytes", bytes: only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks) };
}
