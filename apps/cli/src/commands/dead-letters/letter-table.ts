import type { DeadLetterReply } from "../../api/sidecar-replies.ts";
import { type Cell, formatTable } from "../../output/table.ts";
import type { Terminal } from "../../output/terminal.ts";

const columns = [
  { head: "number", align: "right" },
  { head: "region" },
  { head: "receipt" },
  { head: "kind" },
  { head: "status" },
  { head: "attempts", align: "right" },
  { head: "buried" },
  { head: "why" },
] as const;

/** Dead letters for people. */
export function letterTable(terminal: Terminal, letters: readonly DeadLetterReply[]): string {
  return formatTable(terminal, columns, letters.map(rowOf));
}

function rowOf(letter: DeadLetterReply): readonly Cell[] {
  const { number, region_id, receipt_id, kind, attempts, buried_at, error } = letter;
  return [number, region_id, receipt_id, kind, statusCell(letter), attempts, buried_at, error.message];
}

function statusCell({ status }: DeadLetterReply): Cell {
  if (status === "open") return { text: status, style: "yellow" };
  return status === "resolved" ? { text: status, style: "green" } : status;
}
