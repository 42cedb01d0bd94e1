import { listDeadLetters, type ShownDeadLetter, showDeadLetter } from "../../api/dead-letters.ts";
import type { SidecarClient } from "../../api/sidecar-client.ts";
import { CommandError } from "../../command-error.ts";
import { ExitCode } from "../../exit-code.ts";
import { formatFacts } from "../../output/table.ts";
import { type Context, clientFor, type SidecarOptions } from "../context.ts";
import { receiptFacts } from "../receipt-facts.ts";

export interface DeadLetterShowOptions extends SidecarOptions {
  readonly receipt: string;
  readonly region?: string | undefined;
}

/** `receipt-sync dead-letters show --receipt ID`: why it lies there, and the receipt itself. */
export async function showLetters(options: DeadLetterShowOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const { receipt, region, json } = options;
  const client = clientFor(options);
  const regions = region === undefined ? await regionsOf(client, receipt, signal) : [region];
  if (regions.length === 0) throw new CommandError(`no region has receipt "${receipt}" in its dead letters`);
  let separator = "";
  for (const each of regions) {
    const { text, shown } = await showDeadLetter(client, each, receipt, signal);
    // For machines the sidecar's own text: going through a number would cost digits.
    if (json) terminal.print(text);
    for (const one of json ? [] : shown) {
      terminal.print(separator + formatFacts(terminal, factsOf(one)));
      separator = "\n";
    }
  }
  return ExitCode.ok;
}

/** The regions that were sent it in vain, whatever has become of that. */
async function regionsOf(client: SidecarClient, receipt: string, signal: AbortSignal): Promise<readonly string[]> {
  const filters = { receipt_id: receipt, status: "all" };
  const regions = new Set<string>();
  for await (const letter of listDeadLetters(client, { filters, after: 0, limit: undefined, signal })) {
    regions.add(letter.region_id);
  }
  return [...regions];
}

function factsOf({ letter, receipt }: ShownDeadLetter): readonly (readonly [string, string])[] {
  const { error, settled_at: settledAt, of_current_store: ofCurrentStore } = letter;
  const heldDigest = error.held_digest ?? undefined;
  return [
    ["region", letter.region_id],
    ["store", `${letter.store_id}${ofCurrentStore === false ? " (the region has another one by now)" : ""}`],
    ["kind", letter.kind],
    ["status", settledAt ? `${letter.status} at ${settledAt}` : letter.status],
    ["why", error.message],
    ["digest here", letter.digest],
    ...(heldDigest === undefined ? [] : [["digest there", heldDigest] as const]),
    ["attempts", String(letter.attempts)],
    ["first buried", letter.first_buried_at],
    ["last buried", letter.buried_at],
    ...receiptFacts(receipt),
  ];
}
