import type { SidecarClient } from "../api/sidecar-client.ts";
import { ExitCode } from "../exit-code.ts";
import type { Element } from "../input/element.ts";
import { type Input, openInput } from "../input/open-input.ts";
import { splitElements } from "../input/split-elements.ts";
import { untilAborted } from "../input/until-aborted.ts";
import { describeNumbers } from "../output/describe-numbers.ts";
import { startProgress } from "../output/progress.ts";
import { checkElement } from "../sync/check-element.ts";
import { exitCodeOf, ResultCount } from "../sync/count-results.ts";
import type { LineResult } from "../sync/line-result.ts";
import { ResultReport, reportSummary } from "../sync/report-results.ts";
import { type SyncEnd, type SyncRun, syncElements } from "../sync/sync-elements.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

export interface SyncOptions extends SidecarOptions {
  readonly wait?: "quorum" | "all" | "none" | undefined;
  readonly timeout?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly inFlight: number;
}

/** `receipt-sync sync FILE`: every receipt of the file to the sidecar, every bad line by its number. */
export async function sync(path: string, options: SyncOptions, context: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const input = await openInput(path);
  const { terminal, signal } = context;
  if (path === "-" && process.stdin.isTTY) terminal.note("reading receipts from the terminal; end with Ctrl-D");
  const counted = new ResultCount();
  const progress = startProgress(terminal, "syncing", input.bytesTotal);
  const report = new ResultReport(terminal, options.json === true, progress);
  const onResult = (result: LineResult): Promise<void> => {
    counted.add(result);
    report.add(result);
    return terminal.drained();
  };
  const chunks = counting(untilAborted(input.chunks, signal), progress.update);
  const elements = splitElements(chunks, () => report.countElements());
  let end: SyncEnd;
  try {
    if (options.dryRun) end = await validate(elements, onResult);
    else end = await send(client, elements, onResult, options, context);
  } finally {
    progress.stop();
    report.end();
  }
  reportSummary(terminal, counted.summary, end, options);
  if (end.kind === "complete") return exitCodeOf(counted.summary);
  terminal.note(describeLoss(end, report.place));
  return ExitCode.error;
}

async function send(
  client: SidecarClient,
  elements: AsyncIterable<Element>,
  onResult: SyncRun["onResult"],
  { wait, timeout, inFlight }: SyncOptions,
  { signal }: Context,
): Promise<SyncEnd> {
  const query = new URLSearchParams();
  if (wait !== undefined) query.set("wait", wait);
  if (timeout !== undefined) query.set("timeout", timeout);
  return syncElements({ client, elements, query, inFlightMax: inFlight, onResult, signal });
}

async function validate(elements: AsyncIterable<Element>, onResult: SyncRun["onResult"]): Promise<SyncEnd> {
  for await (const element of elements) {
    const checked = checkElement(element);
    const { number } = element;
    await onResult(
      checked.kind === "valid" ? { kind: "valid", number, receiptId: checked.receipt.receiptId } : checked,
    );
  }
  return { kind: "complete" };
}

async function* counting(chunks: Input["chunks"], update: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    yield chunk;
    bytes += chunk.length;
    update(bytes);
  }
}

function describeLoss(
  { reason, unanswered, lastSent }: Extract<SyncEnd, { readonly kind: "lost" }>,
  place: string,
): string {
  const open =
    unanswered.length === 0
      ? `every ${place} that was sent has its result`
      : `sent without a result, and stored or not: ${place} ${describeNumbers(unanswered)}`;
  return `receipt-sync: the connection was lost (${reason}); ${open}; nothing after ${place} ${lastSent} was sent. Sync the same file again: what is stored already is answered as stored.`;
}
