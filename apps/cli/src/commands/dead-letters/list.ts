import { listDeadLetters } from "../../api/dead-letters.ts";
import type { DeadLetterReply } from "../../api/sidecar-replies.ts";
import { ExitCode } from "../../exit-code.ts";
import { type Context, clientFor, type SidecarOptions } from "../context.ts";
import { letterTable } from "./letter-table.ts";

export interface DeadLetterListOptions extends SidecarOptions {
  readonly region?: string | undefined;
  readonly receipt?: string | undefined;
  readonly kind?: string | undefined;
  readonly status: string;
  readonly anyStore?: true | undefined;
  readonly after: number;
  readonly limit: number;
  readonly all?: true | undefined;
}

/** Rows of one table: a longer list is several, so that the first lines come at once and memory stays small. */
const TABLE_ROWS_MAX = 1_000;

/** `receipt-sync dead-letters list`: what other regions did not take. For machines one JSON object a line. */
export async function listLetters(options: DeadLetterListOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const { region, receipt, kind, status, anyStore, after } = options;
  const filters = { region, receipt_id: receipt, kind, status, store: anyStore ? "any" : undefined };
  const limit = options.all ? undefined : options.limit;
  let rows: DeadLetterReply[] = [];
  let last: number | undefined;
  let count = 0;
  for await (const letter of listDeadLetters(clientFor(options), { filters, after, limit, signal })) {
    last = letter.number;
    count += 1;
    if (options.json) terminal.printJson(letter);
    else rows.push(letter);
    if (rows.length === TABLE_ROWS_MAX) {
      terminal.print(letterTable(terminal, rows));
      rows = [];
    }
    await terminal.drained();
  }
  if (options.json) return ExitCode.ok;
  if (rows.length > 0) terminal.print(letterTable(terminal, rows));
  if (count === 0)
    terminal.note(status === "all" ? "no dead letters there" : `no dead letters there that are ${status}`);
  else if (count === limit) terminal.note(`there may be more: --after ${last}, or --all`);
  return ExitCode.ok;
}
