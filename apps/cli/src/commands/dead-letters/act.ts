import { bodyOf } from "../../api/sidecar-client.ts";
import type { SelectedDeadLettersReply } from "../../api/sidecar-replies.ts";
import { CommandError } from "../../command-error.ts";
import { ExitCode } from "../../exit-code.ts";
import type { Terminal } from "../../output/terminal.ts";
import { type Context, clientFor, type SidecarOptions } from "../context.ts";
import { letterTable } from "./letter-table.ts";

export interface DeadLetterActOptions extends SidecarOptions {
  readonly region?: string | undefined;
  readonly receipt?: string | undefined;
  readonly since?: string | undefined;
  readonly all?: true | undefined;
  readonly kind?: string | undefined;
  readonly dryRun?: true | undefined;
  /** How long to wait for the answers to a replay. */
  readonly timeout?: string | undefined;
}

/** What can be done with dead letters, and the words for it. */
const acts = {
  replay: { done: "replayed", planned: "would be replayed" },
  discard: { done: "discarded", planned: "would be discarded" },
} as const;

export type DeadLetterAct = keyof typeof acts;

/** `receipt-sync dead-letters replay` and `discard`: one, those since a time, or all, each only where it is asked for. */
export async function actOnLetters(
  act: DeadLetterAct,
  options: DeadLetterActOptions,
  { terminal, signal }: Context,
): Promise<ExitCode> {
  const body = JSON.stringify({ ...selectionOf(act, options), dry_run: options.dryRun ?? false });
  const client = clientFor(options);
  const query = options.timeout === undefined ? "" : `?timeout=${encodeURIComponent(options.timeout)}`;
  const reply = await client.call({ method: "POST", path: `/api/v1/dead-letters/${act}${query}`, body, signal });
  const selected = bodyOf<SelectedDeadLettersReply>(client.url, reply);
  if (options.json) terminal.print(reply.text.trim());
  else printSelected(terminal, act, selected);
  return exitCodeOf(selected);
}

function printSelected(terminal: Terminal, act: DeadLetterAct, selected: SelectedDeadLettersReply): void {
  const { dry_run: dryRun, count, regions, dead_letters: letters, resolved, refused, waiting } = selected;
  if (dryRun && letters.length > 0) terminal.print(letterTable(terminal, letters));
  if (dryRun && letters.length < count) terminal.note(`and ${count - letters.length} more`);
  const where = regions.map((region) => `${region.region_id} ${region.count}`).join(", ");
  terminal.print(`${count} ${acts[act][dryRun ? "planned" : "done"]}${where === "" ? "" : `: ${where}`}`);
  if (dryRun || count === 0 || resolved === undefined) return;
  terminal.print(`${resolved} resolved, ${refused} refused again, ${waiting} not answered yet`);
}

/** Of a replay: whether the regions have taken everything by now. */
function exitCodeOf({ dry_run: dryRun, refused = 0, waiting = 0 }: SelectedDeadLettersReply): ExitCode {
  if (dryRun) return ExitCode.ok;
  if (refused > 0) return ExitCode.refused;
  return waiting > 0 ? ExitCode.pending : ExitCode.ok;
}

function selectionOf(
  act: DeadLetterAct,
  { region, receipt, since, all, kind }: DeadLetterActOptions,
): Readonly<Record<string, unknown>> {
  const wrong = (message: string): CommandError => new CommandError(`dead-letters ${act}: ${message}`, ExitCode.usage);
  if ([receipt, since, all].filter((each) => each !== undefined).length !== 1) {
    throw wrong("say which: --region with --receipt for one, --since, or --all");
  }
  if (receipt === undefined) return { region, all, since, kind };
  if (region === undefined) throw wrong("--receipt needs --region: the same receipt may lie in those of several");
  if (kind !== undefined) throw wrong("--kind goes with --since or --all");
  return { region, receipt_id: receipt };
}
