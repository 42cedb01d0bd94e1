/** `pnpm bench`: what Receipt Sync does in a second, beside what a developer would write by hand. */
import { writeFile } from "node:fs/promises";
import { entrants } from "./load/all-contestants.ts";
import { RECEIPT_BYTES } from "./load/make-receipt.ts";
import { runRounds } from "./load/run-rounds.ts";
import { summarise } from "./load/summarise.ts";
import { describeMachine } from "./machine/describe-machine.ts";
import { measureFsync } from "./machine/measure-fsync.ts";
import { temporaryFolder } from "./machine/temporary-folder.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { formatReport } from "./report/format-report.ts";
import type { Report } from "./report/report.ts";
import { measureStartup } from "./startup/measure-startup.ts";

const args = process.argv.slice(2);

async function measure(options: BenchOptions): Promise<Report> {
  const folder = temporaryFolder();
  const progress = (line: string): void => console.error(`  ${line}`);
  const at = new Date().toISOString();
  const fsync = measureFsync(folder);
  const asked = await entrants(options.only);
  const contestants = asked.filter(({ found }) => found.kind === "found").map(({ contestant }) => contestant);
  const runs = contestants.length === 0 ? [] : await runRounds(contestants, options, folder, progress);
  const startup = options.only.includes("startup")
    ? await measureStartup(options.logReceipts, folder, progress)
    : undefined;
  return {
    command: ["pnpm", "bench", ...args].join(" "),
    at,
    machine: describeMachine(),
    fsync,
    receiptBytes: RECEIPT_BYTES,
    contestants: asked.map(({ contestant, found }) => ({ contestant: contestant.name, ...found })),
    load: summarise(
      contestants.map(({ name }) => name),
      runs,
    ),
    runs,
    startup,
  };
}

function optionsOrUsage(): BenchOptions | undefined {
  try {
    const options = parseOptions(args);
    if (options === undefined) console.log(USAGE);
    return options;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = optionsOrUsage();
if (options !== undefined) {
  const report = await measure(options);
  console.log(formatReport(report));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
