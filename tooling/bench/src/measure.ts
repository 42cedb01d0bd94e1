import { join } from "node:path";
import { measureBacklogs } from "./backlog/measure-backlog.ts";
import { entrants } from "./load/all-contestants.ts";
import { RECEIPT_BYTES } from "./load/make-receipt.ts";
import { runRounds } from "./load/run-rounds.ts";
import { summarise } from "./load/summarise.ts";
import { measureLogGrowth } from "./log-growth/measure-log-growth.ts";
import { describeMachine } from "./machine/describe-machine.ts";
import { measureFsync } from "./machine/measure-fsync.ts";
import type { BenchOptions, Part } from "./options.ts";
import type { Report } from "./report/report.ts";
import { measureStartup } from "./startup/measure-startup.ts";
import { judgeTargets } from "./targets/targets.ts";
import { measureWan } from "./wan/measure-wan.ts";

/** Everything that was asked for, one question after the other. */
export async function measure(
  options: BenchOptions,
  command: string,
  folder: string,
  progress: (line: string) => void,
): Promise<Report> {
  const at = new Date().toISOString();
  const fsync = measureFsync(folder);
  const isAsked = (part: Part): boolean => options.only.includes(part);
  const asked = await entrants(options.only);
  const contestants = asked.filter(({ found }) => found.kind === "found").map(({ contestant }) => contestant);
  const runs = contestants.length === 0 ? [] : await runRounds(contestants, options, folder, progress);
  const wan = isAsked("wan") ? await measureWan(options, join(folder, "wan"), progress) : undefined;
  const backlogs = isAsked("backlog") ? await measureBacklogs(options, join(folder, "backlog"), progress) : [];
  const startup = isAsked("startup") ? await measureStartup(options.logReceipts, folder, progress) : undefined;
  const logGrowth = isAsked("log-growth") ? await measureLogGrowth(options, join(folder, "log-growth"), progress) : [];
  const names = contestants.map(({ name }) => name);
  return {
    ...{ command, at, machine: describeMachine(), fsync, receiptBytes: RECEIPT_BYTES },
    contestants: asked.map(({ contestant, found }) => ({ contestant: contestant.name, ...found })),
    load: summarise(names, runs),
    ...{ runs, wan, backlogs, startup, logGrowth },
    targets: judgeTargets({ runs, wan, backlogs, startup, logGrowth }),
  };
}
