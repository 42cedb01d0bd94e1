import { type PartialEnvelope, parseWireJson, parseWireReceiptValue, type Receipt } from "@rsync/core";
import { failedReply, type SidecarClient } from "./sidecar-client.ts";
import { notASidecar } from "./unreachable.ts";

/** A receipt as it lies in a region's log. */
export interface ListedReceipt {
  readonly receipt: Receipt;
  readonly envelope: PartialEnvelope;
  readonly digest: string;
  readonly position: number;
  /** Whether it was submitted in this region. */
  readonly own: boolean;
}

const PAGE_ROWS_MAX = 1_000;

/** What to list. */
export interface ListRange {
  /** Begins behind this position. */
  readonly after: number;
  /** Undefined lists to the end of the log. */
  readonly limit: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The receipts of a region in the order of its log, read page by page. */
export async function* listReceipts(client: SidecarClient, range: ListRange): AsyncGenerator<ListedReceipt> {
  let after: number | undefined = range.after;
  let left = range.limit ?? Number.POSITIVE_INFINITY;
  while (after !== undefined && left > 0) {
    const limit = Math.min(left, PAGE_ROWS_MAX);
    const page: Page = await readPage(client, after, limit, range.signal);
    yield* page.receipts;
    left -= page.receipts.length;
    after = page.next;
  }
}

interface Page {
  readonly receipts: readonly ListedReceipt[];
  readonly next: number | undefined;
}

async function readPage(
  client: SidecarClient,
  after: number,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Page> {
  const path = `/api/v1/receipts?after=${after}&limit=${limit}`;
  const reply = await client.call({ method: "GET", path, ...(signal && { signal }) });
  if (reply.status !== 200) throw failedReply(client.url, reply);
  const parsed = parseWireJson(reply.text);
  const page = parsed.kind === "parsed" ? (parsed.value as { receipts?: unknown; next?: unknown }) : {};
  if (!Array.isArray(page.receipts)) throw notASidecar(client.url, reply.status);
  return {
    receipts: page.receipts.map((row: unknown) => readRow(client, row)),
    next: typeof page.next === "number" ? page.next : undefined,
  };
}

function readRow(client: SidecarClient, row: unknown): ListedReceipt {
  const parsed = parseWireReceiptValue(row);
  if (parsed.kind === "invalid") throw notASidecar(client.url, 200);
  const { digest, position, own } = row as Pick<ListedReceipt, "digest" | "position" | "own">;
  return { receipt: parsed.receipt, envelope: parsed.envelope, digest, position, own };
}
