import { mkdir } from "node:fs/promises";
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
import type { Failure } from "./report/reporter.ts";
import { measureStartup } from "./startup/measure-startup.ts";
import { judgeTargets } from "./targets/targets.ts";
import { measureWan } from "./wan/measure-wan.ts";

/** Everything that was asked for, one question after the other. A question that fails takes no other one with it. */
export async function measure(
  options: BenchOptions,
  command: string,
  folder: string,
  progress: (line: string) => void,
): Promise<Report> {
  const at = new Date().toISOString();
  const failures: Failure[] = [];
  const failed = (what: string, error: unknown): void => {
    failures.push({ what, message: error instanceof Error ? error.message : String(error) });
    progress(`${what} failed: ${error instanceof Error ? error.stack : error}`);
  };
  const ask = async <Figures>(
    part: Part,
    question: (own: string) => Promise<Figures>,
  ): Promise<Figures | undefined> => {
    if (!options.only.includes(part)) return undefined;
    const own = join(folder, part);
    try {
      await mkdir(own);
      return await question(own);
    } catch (error) {
      failed(part, error);
      return undefined;
    }
  };
  const fsync = measureFsync(folder);
  const asked = await entrants(options.only);
  const contestants = asked.filter(({ found }) => found.kind === "found").map(({ contestant }) => contestant);
  const figures = {
    runs: await runRounds(contestants, options, folder, { progress, failed }),
    wan: await ask("wan", (own) => measureWan(options, own, progress)),
    backlogs: (await ask("backlog", (own) => measureBacklogs(options, own, { progress, failed }))) ?? [],
    startup: await ask("startup", (own) => measureStartup(options.logReceipts, own, progress)),
    logGrowth: (await ask("log-growth", (own) => measureLogGrowth(options, own, progress))) ?? [],
  };
  return {
    ...{ command, at, machine: describeMachine(), fsync, receiptBytes: RECEIPT_BYTES },
    contestants: asked.map(({ contestant, found }) => ({ contestant: contestant.name, ...found })),
    load: summarise(figures.runs),
    ...figures,
    targets: options.quick ? [] : judgeTargets(figures),
    failures,
  };
}
