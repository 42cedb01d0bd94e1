import type { ReceiptProblem } from "@rsync/core";
import type { SyncReply } from "../api/sidecar-replies.ts";
import type { Progress } from "../output/progress.ts";
import { formatTable } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import type { LineResult, SyncSummary } from "./line-result.ts";
import type { SyncEnd } from "./sync-elements.ts";

/** Lines about results of one kind that people are shown; the rest is counted. */
const SHOWN_MAX = 20;

/** Says what became of each receipt: everything to machines, what is not committed to people. */
export class ResultReport {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #progress: Progress;
  readonly #countOfKind = new Map<string, number>();
  #place: "line" | "element" = "line";

  constructor(terminal: Terminal, json: boolean, progress: Progress) {
    this.#terminal = terminal;
    this.#json = json;
    this.#progress = progress;
  }

  /** What the numbers count. */
  get place(): string {
    return this.#place;
  }

  /** The input is an array: its numbers are no lines. */
  countElements(): void {
    this.#place = "element";
  }

  add(result: LineResult): void {
    if (this.#json) {
      this.#terminal.printJson(resultForMachines(result));
      return;
    }
    const text = resultForPeople(result);
    if (text === undefined) return;
    const kind = kindOf(result);
    const count = (this.#countOfKind.get(kind) ?? 0) + 1;
    this.#countOfKind.set(kind, count);
    if (count > SHOWN_MAX) return;
    this.#progress.interrupt(() => this.#terminal.note(`${this.#place} ${result.number}: ${text}`));
  }

  /** How many were not shown. */
  end(): void {
    for (const [kind, count] of this.#countOfKind) {
      if (count > SHOWN_MAX) this.#terminal.note(`and ${count - SHOWN_MAX} more ${kind}: --json names each`);
    }
  }
}

/** As the summary calls it. */
function kindOf(result: LineResult): string {
  if (result.kind === "answered") return result.reply.outcome;
  return result.kind === "unreadable" ? "invalid" : result.kind;
}

/** The numbers of the run; for machines the last line. */
export function reportSummary(
  terminal: Terminal,
  summary: SyncSummary,
  end: SyncEnd,
  options: { readonly json?: true | undefined; readonly dryRun?: true | undefined },
): void {
  const unanswered = end.kind === "lost" ? end.unanswered : [];
  if (options.json) {
    terminal.printJson({ kind: "summary", complete: end.kind === "complete", ...summary, unanswered });
    return;
  }
  const { valid, committed, pending, refused, disabled, invalid, failed } = summary;
  const numbers: Readonly<Record<string, number>> = options.dryRun
    ? { valid, invalid }
    : { committed, pending, refused, disabled, invalid, failed, "no result": unanswered.length };
  // What did not happen and seldom does needs no column.
  const always = ["committed", "pending", "refused", "invalid", "failed", "valid"];
  const shown = Object.entries(numbers).filter(([name, count]) => count > 0 || always.includes(name));
  const columns = shown.map(([name]) => ({ head: name, align: "right" as const }));
  terminal.print(formatTable(terminal, columns, [shown.map(([, count]) => count)]));
}

function resultForMachines(result: LineResult): object {
  const line = result.number;
  switch (result.kind) {
    case "answered":
      return { ...result.reply, kind: "result", line };
    case "invalid":
      return { kind: "invalid", line, problems: result.problems };
    case "unreadable":
      return { kind: "invalid", line, problems: [{ field: "receipt", message: result.message }] };
    case "failed":
      return { kind: "failed", line, receipt_id: result.receiptId, message: result.message };
    case "valid":
      return { kind: "valid", line, receipt_id: result.receiptId };
  }
}

function resultForPeople(result: LineResult): string | undefined {
  switch (result.kind) {
    case "answered":
      return result.reply.outcome === "committed" ? undefined : describeReply(result.reply);
    case "invalid":
      return result.problems.map(describeProblem).join("; ");
    case "unreadable":
      return result.message;
    case "failed":
      return `${result.receiptId}: ${result.message}`;
    case "valid":
      return undefined;
  }
}

function describeReply({ receipt_id, outcome, synced_regions, total_regions, errors }: SyncReply): string {
  if (outcome === "disabled") return `${receipt_id} is stored here only: cross-region sync is switched off`;
  const whys = errors.map(({ region_id, message }) => `${region_id} ${message}`);
  return [`${receipt_id} ${outcome}, ${synced_regions} of ${total_regions} regions`, ...whys].join("; ");
}

function describeProblem({ message, received }: ReceiptProblem): string {
  return `${message} (received ${received})`;
}
