import Table from "cli-table3";
import { printable, type Style, type Terminal } from "./terminal.ts";

/** What stands in one place of a table; made printable there, so that only our own colours reach a terminal. */
export type Cell = string | number | { readonly text: string; readonly style: Style };

export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Columns side by side, without lines and without blanks at line ends: `awk` and `sort` can read it too. */
export function formatTable(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string {
  const table = new Table({
    head: columns.map(({ head }) => terminal.style("bold", head)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(row.map((cell) => formatCell(terminal, cell)));
  return trimLines(table.toString());
}

/** Names at the left, values beside them. */
export function formatFacts(terminal: Terminal, facts: readonly (readonly [name: string, value: string])[]): string {
  const table = new Table({ chars: noLines, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  for (const [name, value] of facts) table.push([terminal.style("bold", name), printable(value)]);
  return trimLines(table.toString());
}

function formatCell(terminal: Terminal, cell: Cell): string {
  return typeof cell === "object" ? terminal.style(cell.style, printable(cell.text)) : printable(String(cell));
}

function trimLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
