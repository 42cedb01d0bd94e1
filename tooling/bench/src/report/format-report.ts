import { formatShape } from "../load/shape.ts";
import type { LoadFigures } from "../load/summarise.ts";
import type { StartupFigures } from "../startup/measure-startup.ts";
import { formatTable } from "./format-table.ts";
import type { EntrantFigures, Report } from "./report.ts";

/** The whole result for people. */
export function formatReport(report: Report): string {
  const { machine, fsync, command, contestants, load, startup } = report;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; Node ${machine.node}`,
    `fsync of 4 KiB: ${fsync.overwriteMs.toFixed(2)} ms overwriting, ${fsync.appendMs.toFixed(2)} ms appending`,
    `command: ${command}`,
    ...(contestants.length === 0 ? [] : ["", contestantTable(contestants)]),
    ...(load.length === 0 ? [] : ["", loadTable(load)]),
    ...(startup === undefined ? [] : ["", startupTable(startup)]),
  ].join("\n");
}

function contestantTable(contestants: readonly EntrantFigures[]): string {
  return formatTable(
    ["contestant", "version", "an acknowledgement means"],
    contestants.map((entrant) =>
      entrant.kind === "found"
        ? [entrant.contestant, entrant.version, entrant.durability]
        : [entrant.contestant, "skipped", entrant.reason],
    ),
  );
}

function loadTable(load: readonly LoadFigures[]): string {
  return formatTable(
    ["contestant", "shape", "receipts/s", "middle half", "p50 ms", "p99 ms", "times by hand"],
    load.map((figures) => [
      figures.contestant,
      formatShape(figures.shape),
      thousands(figures.receiptsPerSecond),
      figures.receiptsPerSecondQuartiles.map(thousands).join(" to "),
      figures.p50Ms.toFixed(2),
      figures.p99Ms.toFixed(2),
      figures.timesByHand === undefined ? "" : `${figures.timesByHand.toFixed(2)} x`,
    ]),
  );
}

function startupTable({ logReceipts, library, sidecar }: StartupFigures): string {
  const large = `log of ${thousands(logReceipts)}`;
  return formatTable(
    ["what", "empty log", large],
    [
      ["library: open the log, ms", library.emptyMs.toFixed(0), library.filledMs.toFixed(0)],
      ...(sidecar === undefined
        ? []
        : [
            ["sidecar: ready after start, ms", sidecar.empty.readyMs.toFixed(0), sidecar.filled.readyMs.toFixed(0)],
            ["sidecar: idle memory (RSS), MB", sidecar.empty.idleMb.toFixed(0), sidecar.filled.idleMb.toFixed(0)],
          ]),
    ],
  );
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
