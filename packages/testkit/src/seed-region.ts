/** How a region of the original protocol answers each request; nothing here touches the network. */
import type { IncomingHttpHeaders } from "node:http";
import { parseWireReceipt, type Receipt } from "@rsync/core";

/** One receipt as it was posted. */
export interface SeedDelivery {
  readonly receipt: Receipt;
  /** The body, letter by letter. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a read returns for a receipt that is held. */
export type SeedReads = "bare" | "contents";

export interface SeedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No header of ours, and JSON only where there is something to say. */
export interface SeedReply {
  readonly status: number;
  readonly json?: string;
  readonly allow?: string;
}

export class SeedRegion {
  readonly deliveries = new Map<string, SeedDelivery[]>();
  readonly #syncPath: string;
  readonly #readPrefix: string;
  readonly #reads: SeedReads;
  readonly #timestamp: () => string;

  constructor(pathPrefix: string, reads: SeedReads, timestamp: () => string) {
    this.#syncPath = `${pathPrefix}/receipt-sync`;
    this.#readPrefix = `${pathPrefix}/api/v1/receipts/`;
    this.#reads = reads;
    this.#timestamp = timestamp;
  }

  answer(request: SeedRequest): SeedReply {
    const { method, path } = request;
    if (path === this.#syncPath) return method === "POST" ? this.#take(request) : { status: 405, allow: "POST" };
    const segment = path.startsWith(this.#readPrefix) ? path.slice(this.#readPrefix.length) : "";
    if (segment === "" || /[/?#]/.test(segment)) return { status: 404 };
    return method === "GET" ? this.#give(segment) : { status: 405, allow: "GET" };
  }

  /** It knows no conflict: what is posted last is what it holds. */
  #take({ body, headers }: SeedRequest): SeedReply {
    const parsed = parseWireReceipt(body);
    if (parsed.kind !== "parsed") return { status: 400 };
    const { receipt } = parsed;
    const earlier = this.deliveries.get(receipt.receiptId) ?? [];
    this.deliveries.set(receipt.receiptId, [...earlier, { receipt, body, headers }]);
    const reply = { status: "acknowledged", receipt_id: receipt.receiptId, timestamp: this.#timestamp() };
    return { status: 200, json: JSON.stringify(reply) };
  }

  #give(segment: string): SeedReply {
    const receiptId = decodeSegment(segment);
    if (receiptId === undefined) return { status: 400 };
    const held = this.deliveries.get(receiptId)?.at(-1);
    if (held === undefined) return { status: 404 };
    return { status: 200, json: this.#reads === "contents" ? held.body : JSON.stringify({ receipt_id: receiptId }) };
  }
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
