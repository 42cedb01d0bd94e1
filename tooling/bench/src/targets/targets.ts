import type { BacklogFigures } from "../backlog/measure-backlog.ts";
import type { ContestantName } from "../load/contestant.ts";
import type { Cost } from "../log-growth/cost.ts";
import type { LogGrowthFigures } from "../log-growth/measure-log-growth.ts";
import type { Report } from "../report/report.ts";
import { thousands } from "../report/thousands.ts";
import type { StartupFigures } from "../startup/measure-startup.ts";
import type { WanFigures } from "../wan/measure-wan.ts";
import { loadTargets } from "./load-targets.ts";
import { atLeast, atMost, type Target } from "./target.ts";

/** Beyond the round trip itself. */
const WAN_MS_MAX = 2;
const CATCH_UP_PER_SECOND_MIN = 30_000;
const LIVE_P99_RATIO_MAX = 2;
const IDLE_MB_MAX = 150;
const OWED_MB_MAX = 300;
const READY_MS_MAX = 1_000;
const LOG_GROWTH_RATIO_MAX = 1.5;

/** What the targets speak of where nothing was measured. */
const BACKLOG_ASKED = 1_000_000;
const LOG_ASKED = 1_000_000;
const LARGEST_LOG_ASKED = 10_000_000;
const SMALLEST_LOG_ASKED = 10_000;

const CONTESTANTS_WITH_BACKLOG = ["in-process", "sidecar"] as const;

/** What of a report the targets stand on. */
type Judged = Pick<Report, "runs" | "wan" | "startup" | "backlogs" | "logGrowth">;

/** Everything that is asked for. What this run left out is there too, not measured. */
export function judgeTargets(report: Judged): readonly Target[] {
  return [
    ...loadTargets(report.runs),
    wanTarget(report.wan),
    ...CONTESTANTS_WITH_BACKLOG.flatMap((contestant) =>
      backlogTargets(
        contestant,
        report.backlogs.find((backlog) => backlog.contestant === contestant),
      ),
    ),
    ...memoryTargets(report.startup, report.backlogs),
    readyTarget(report.startup),
    ...logGrowthTargets(report.logGrowth),
  ];
}

function wanTarget(wan: WanFigures | undefined): Target {
  const inProcess = wan?.contestants.find(({ contestant }) => contestant === "in-process");
  const beyondMs = wan === undefined || inProcess === undefined ? undefined : inProcess.p50Ms - wan.nearestMs;
  return {
    what: "regions far apart, in-process, 1 caller, p50",
    goal: `at most the round trip to the nearest region + ${WAN_MS_MAX} ms`,
    reading: atMost(beyondMs, WAN_MS_MAX, (ms) => `${ms < 0 ? "-" : "+"} ${Math.abs(ms).toFixed(1)} ms`),
  };
}

function backlogTargets(contestant: ContestantName, figures: BacklogFigures | undefined): readonly Target[] {
  const liveRatio = figures && figures.liveP99Ms.during / figures.liveP99Ms.before;
  return [
    {
      what: `${contestant}, catch-up of a backlog`,
      goal: `at least ${thousands(CATCH_UP_PER_SECOND_MIN)}/s`,
      reading: atLeast(figures?.catchUpPerSecond, CATCH_UP_PER_SECOND_MIN, (rate) => `${thousands(rate)}/s`),
    },
    {
      what: `${contestant}, p99 of live receipts meanwhile`,
      goal: `at most ${LIVE_P99_RATIO_MAX} x that before`,
      reading: atMost(liveRatio, LIVE_P99_RATIO_MAX, times),
    },
  ];
}

function memoryTargets(startup: StartupFigures | undefined, backlogs: readonly BacklogFigures[]): readonly Target[] {
  const owed = backlogs.find(({ contestant }) => contestant === "sidecar");
  const receipts = thousands(owed?.receipts ?? BACKLOG_ASKED);
  return [
    {
      what: "sidecar, idle memory",
      goal: `at most ${IDLE_MB_MAX} MB`,
      reading: atMost(startup?.sidecar.empty.idleMb, IDLE_MB_MAX, megabytes),
    },
    {
      what: `sidecar, memory with ${receipts} receipts owed to a region, calm`,
      goal: `at most ${OWED_MB_MAX} MB`,
      reading: atMost(owed?.calmMb, OWED_MB_MAX, megabytes),
    },
    {
      what: "the same, right after they were submitted as fast as it takes them",
      goal: `at most ${OWED_MB_MAX} MB`,
      reading: atMost(owed?.loadedMb, OWED_MB_MAX, megabytes),
    },
  ];
}

function readyTarget(startup: StartupFigures | undefined): Target {
  return {
    what: `sidecar, ready after start with a log of ${thousands(startup?.logReceipts ?? LOG_ASKED)}`,
    goal: `at most ${thousands(READY_MS_MAX)} ms`,
    reading: atMost(startup?.sidecar.filled.readyMs, READY_MS_MAX, (ms) => `${thousands(ms)} ms`),
  };
}

/** Of time-ordered ids: the largest log against the smallest. */
function logGrowthTargets(logGrowth: readonly LogGrowthFigures[]): readonly Target[] {
  const [smallest] = logGrowth;
  const largest = logGrowth.at(-1);
  const measured = largest === smallest ? undefined : largest;
  const sizes = `${thousands(measured?.logReceipts ?? LARGEST_LOG_ASKED)} against ${thousands(smallest?.logReceipts ?? SMALLEST_LOG_ASKED)}`;
  const target = (what: string, cost: Cost | undefined): Target => ({
    what: `cost of one receipt ${what}, log of ${sizes}`,
    goal: `at most ${LOG_GROWTH_RATIO_MAX} x`,
    reading: atMost(cost?.timesSmallest, LOG_GROWTH_RATIO_MAX, times),
  });
  return [target("in the store", measured?.store.v7), target("in-process, 64 callers", measured?.endToEnd.v7)];
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} x`;
}

function megabytes(value: number): string {
  return `${Math.round(value)} MB`;
}
