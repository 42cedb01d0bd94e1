import { formatWireReceipt } from "@rsync/core";
import { type ListedReceipt, listReceipts } from "../api/list-receipts.ts";
import { ExitCode } from "../exit-code.ts";
import { type Cell, formatTable } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

export interface ListOptions extends SidecarOptions {
  readonly after: number;
  readonly limit: number;
  readonly all?: true | undefined;
}

/** Rows of one table: a longer list is several, so that the first lines come at once and memory stays small. */
const TABLE_ROWS_MAX = 1_000;

/** `receipt-sync list`: the region's log. For machines NDJSON, which `receipt-sync sync` reads again. */
export async function list(options: ListOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const limit = options.all ? undefined : options.limit;
  let rows: (readonly Cell[])[] = [];
  let last: number | undefined;
  let count = 0;
  for await (const listed of listReceipts(client, { after: options.after, limit, signal })) {
    last = listed.position;
    count += 1;
    if (options.json) terminal.print(formatListed(listed));
    else rows.push(rowOf(listed));
    if (rows.length === TABLE_ROWS_MAX) {
      printRows(terminal, rows);
      rows = [];
    }
    await terminal.drained();
  }
  if (options.json) return ExitCode.ok;
  if (rows.length > 0) printRows(terminal, rows);
  if (count === 0) terminal.note("no receipts there");
  else if (count === limit) terminal.note(`there may be more: --after ${last}, or --all`);
  return ExitCode.ok;
}

function formatListed({ receipt, envelope, digest, position, own }: ListedReceipt): string {
  return `${formatWireReceipt(receipt, envelope).slice(0, -1)},"digest":"${digest}","position":${position},"own":${own}}`;
}

const columns = [
  { head: "position", align: "right" },
  { head: "receipt" },
  { head: "transaction" },
  { head: "committed" },
  { head: "from" },
  { head: "time" },
] as const;

function printRows(terminal: Terminal, rows: readonly (readonly Cell[])[]): void {
  terminal.print(formatTable(terminal, columns, rows));
}

function rowOf({ receipt, envelope, position }: ListedReceipt): readonly Cell[] {
  const { receiptId, transactionId, committed } = receipt;
  const { sourceRegion = "unknown", timestamp = "unknown" } = envelope;
  return [position, receiptId, transactionId, String(committed), sourceRegion, timestamp];
}
