import type { BacklogFigures } from "../backlog/measure-backlog.ts";
import { formatShape } from "../load/shape.ts";
import type { LoadFigures } from "../load/summarise.ts";
import type { Cost } from "../log-growth/cost.ts";
import type { LogGrowthFigures } from "../log-growth/measure-log-growth.ts";
import type { StartupFigures } from "../startup/measure-startup.ts";
import { formatVerdict, type Target } from "../targets/target.ts";
import type { WanFigures } from "../wan/measure-wan.ts";
import { formatTable } from "./format-table.ts";
import type { EntrantFigures, Report } from "./report.ts";
import { thousands } from "./thousands.ts";

/** The whole result for people. */
export function formatReport(report: Report): string {
  const { machine, fsync, command, contestants, load, wan, backlogs, startup, logGrowth, targets, failures } = report;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; Node ${machine.node}`,
    `fsync of 4 KiB: ${fsync.overwriteMs.toFixed(2)} ms overwriting, ${fsync.appendMs.toFixed(2)} ms appending`,
    `command: ${command}`,
    ...(contestants.length === 0 ? [] : ["", contestantTable(contestants)]),
    ...(load.length === 0 ? [] : ["", loadTable(load)]),
    ...(wan === undefined ? [] : ["", wanTable(wan)]),
    ...(backlogs.length === 0 ? [] : ["", backlogTable(backlogs)]),
    ...(startup === undefined ? [] : ["", startupTable(startup)]),
    ...(logGrowth.length === 0 ? [] : ["", logGrowthTable(logGrowth)]),
    "",
    targets.length === 0
      ? "A quick run: its figures mean nothing, and no target is judged by them."
      : targetTable(targets),
    ...failures.map(({ what, message }) => `\n${what} FAILED: ${message}`),
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

function wanTable({ linksMs, nearestMs, contestants }: WanFigures): string {
  const head = `regions ${linksMs.join("/")} ms apart (nearest, measured: ${nearestMs.toFixed(1)} ms)`;
  return formatTable(
    [head, "1 caller: p50 ms", "p99 ms", "64 callers: receipts/s"],
    contestants.map(({ contestant, p50Ms, p99Ms, receiptsPerSecond }) => [
      contestant,
      p50Ms.toFixed(1),
      p99Ms.toFixed(1),
      thousands(receiptsPerSecond),
    ]),
  );
}

function backlogTable(backlogs: readonly BacklogFigures[]): string {
  return formatTable(
    [
      "a region is away",
      "receipts missed",
      "submitted/s",
      "memory, MB",
      "calm, MB",
      "noticed after ms",
      "catch-up/s",
      "live p99 before, ms",
      "meanwhile, ms",
    ],
    backlogs.map((each) => [
      each.contestant,
      thousands(each.receipts),
      thousands(each.submittedPerSecond),
      each.loadedMb.toFixed(0),
      each.calmMb?.toFixed(0) ?? "",
      thousands(each.noticedMs),
      thousands(each.catchUpPerSecond),
      each.liveP99Ms.before.toFixed(1),
      each.liveP99Ms.during.toFixed(1),
    ]),
  );
}

function logGrowthTable(logGrowth: readonly LogGrowthFigures[]): string {
  const cells = ({ microseconds, timesSmallest }: Cost): readonly string[] => [
    microseconds.toFixed(0),
    `${timesSmallest.toFixed(2)} x`,
  ];
  return formatTable(
    ["log of", "store: µs, v7", "", "v4", "", "in-process: µs, v7", "", "v4", ""],
    logGrowth.map(({ logReceipts, store, endToEnd }) => [
      thousands(logReceipts),
      ...[store.v7, store.v4, endToEnd.v7, endToEnd.v4].flatMap(cells),
    ]),
  );
}

function targetTable(targets: readonly Target[]): string {
  return formatTable(
    ["target", "asked for", "this run"],
    targets.map((target) => [target.what, target.goal, formatVerdict(target)]),
  );
}
