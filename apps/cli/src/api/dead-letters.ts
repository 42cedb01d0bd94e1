import { parseWireJson, parseWireReceiptValue, type WireReceipt } from "@rsync/core";
import { failedReply, type SidecarClient } from "./sidecar-client.ts";
import type { DeadLetterReply } from "./sidecar-replies.ts";
import { notASidecar } from "./unreachable.ts";

const PAGE_LETTERS_MAX = 1_000;

/** What to list. */
export interface DeadLetterRange {
  /** Parameters of the query, as the sidecar names them; undefined ones are left out. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** Begins behind this number. */
  readonly after: number;
  /** Undefined lists all. */
  readonly limit: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Page {
  readonly dead_letters: readonly DeadLetterReply[];
  readonly next: number | null;
}

/** Dead letters in the order of their burial, read page by page. */
export async function* listDeadLetters(client: SidecarClient, range: DeadLetterRange): AsyncGenerator<DeadLetterReply> {
  let after: number | null = range.after;
  let left = range.limit ?? Number.POSITIVE_INFINITY;
  while (after !== null && left > 0) {
    const query = new URLSearchParams({ after: String(after), limit: String(Math.min(left, PAGE_LETTERS_MAX)) });
    for (const [name, value] of Object.entries(range.filters)) if (value !== undefined) query.set(name, value);
    const page: Page = await client.get<Page>(`/api/v1/dead-letters?${query}`, range.signal);
    yield* page.dead_letters;
    left -= page.dead_letters.length;
    after = page.next;
  }
}

/** A dead letter with the receipt that lies in it, every digit of it. */
export interface ShownDeadLetter {
  readonly letter: DeadLetterReply;
  readonly receipt: WireReceipt;
}

/** What lies under an id in the dead letters of a region, and the sidecar's own text of it. */
export async function showDeadLetter(
  client: SidecarClient,
  region: string,
  receiptId: string,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly shown: readonly ShownDeadLetter[] }> {
  const path = `/api/v1/dead-letters/${encodeURIComponent(region)}/${encodeURIComponent(receiptId)}`;
  const reply = await client.call({ method: "GET", path, signal });
  if (reply.status !== 200) throw failedReply(client.url, reply);
  const parsed = parseWireJson(reply.text);
  const { dead_letters: letters } = parsed.kind === "parsed" ? (parsed.value as { dead_letters?: unknown }) : {};
  if (!Array.isArray(letters)) throw notASidecar(client.url, reply.status);
  const shown = letters.map((letter: DeadLetterReply & { readonly receipt: unknown }): ShownDeadLetter => {
    const receipt = parseWireReceiptValue(letter.receipt);
    if (receipt.kind !== "parsed") throw notASidecar(client.url, reply.status);
    return { letter, receipt };
  });
  return { text: reply.text.trim(), shown };
}
