import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { SidecarClient } from "../api/sidecar-client.ts";
import type { QuorumReply } from "../api/sidecar-replies.ts";
import { CommandError } from "../command-error.ts";
import { ExitCode } from "../exit-code.ts";
import { unreadableFile } from "../input/open-input.ts";
import { untilAborted } from "../input/until-aborted.ts";
import { startProgress } from "../output/progress.ts";
import { syncDisabled } from "../output/sync-disabled.ts";
import { type Cell, formatTable } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";
import { mapConcurrently } from "./map-concurrently.ts";

export interface VerifyOptions extends SidecarOptions {
  readonly file?: string | undefined;
}

/** Each question goes to every region: a few at once keep them all busy. */
const QUESTIONS_AT_ONCE = 8;

/** `receipt-sync verify ID...`: does a quorum hold each of them right now, with equal contents? */
export async function verify(ids: readonly string[], options: VerifyOptions, context: Context): Promise<ExitCode> {
  const { terminal, signal } = context;
  const client = clientFor(options);
  const all = [...ids, ...(options.file === undefined ? [] : await readIds(options.file, signal))];
  if (all.length === 0) throw new CommandError("verify: name at least one receipt id, or --file", ExitCode.usage);
  const progress = startProgress(terminal, "verifying", all.length > QUESTIONS_AT_ONCE ? all.length : undefined);
  const table: (readonly Cell[])[] = [];
  let missed = 0;
  let isSyncEnabled = true;
  let done = 0;
  try {
    for await (const { item: id, result } of mapConcurrently(all, QUESTIONS_AT_ONCE, (id) => ask(client, id, signal))) {
      done += 1;
      progress.update(done);
      if (!result.quorum_achieved) missed += 1;
      if (!result.sync_enabled) isSyncEnabled = false;
      if (options.json) terminal.printJson(result);
      else table.push(rowOf(id, result));
      await terminal.drained();
    }
  } finally {
    progress.stop();
  }
  if (!options.json && isSyncEnabled) printTable(terminal, table, missed);
  else if (!options.json) terminal.print(syncDisabled);
  return missed === 0 && isSyncEnabled ? ExitCode.ok : ExitCode.pending;
}

function ask(client: SidecarClient, id: string, signal: AbortSignal): Promise<QuorumReply> {
  return client.get(`/api/v1/receipts/${encodeURIComponent(id)}/quorum`, signal);
}

function rowOf(id: string, reply: QuorumReply): readonly Cell[] {
  const { quorum_achieved, confirmed_regions, total_regions, regions } = reply;
  const verdict: Cell = quorum_achieved ? { text: "yes", style: "green" } : { text: "no", style: "red" };
  const findings = regions.map(({ region_id, finding }) => `${region_id} ${finding}`).join(", ");
  return [id, verdict, `${confirmed_regions}/${total_regions}`, findings];
}

function printTable(terminal: Terminal, rows: readonly (readonly Cell[])[], missed: number): void {
  const columns = [{ head: "receipt" }, { head: "quorum" }, { head: "regions" }, { head: "what each holds" }];
  terminal.print(formatTable(terminal, columns, rows));
  if (rows.length > 1) terminal.note(`${rows.length - missed} of ${rows.length} held by a quorum`);
}

/** One id on each line; `-` is the standard input. */
async function readIds(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const content =
    path === "-"
      ? await text(untilAborted(process.stdin, signal))
      : await readFile(path, "utf8").catch((error: unknown) => {
          throw unreadableFile(path, error);
        });
  return content
    .replace(/^\u{feff}/u, "")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}
