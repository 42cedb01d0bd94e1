import { fourDaysAway } from "@rsync/testkit";
import { parseCommandLine, USAGE } from "./command-line.ts";
import { MUTANTS } from "./mutants/catalogue.ts";
import { type MutantFate, runMutants } from "./mutants/run-mutants.ts";
import { commandFor, replaySeed } from "./replay-seed.ts";
import { runSeeds } from "./run-seeds.ts";
import { startManager } from "./start-manager.ts";
import { Summary } from "./summary.ts";

const print = (line: string): void => console.log(line);
/** Where nearly everything fails, the first few say it all. */
const PRINTED_MAX = 20;
const command = parseCommandLine(process.argv.slice(2), () => Math.floor(Math.random() * 2 ** 31));
switch (command.kind) {
  case "help":
    if (command.problem !== undefined) console.error(command.problem);
    print(USAGE);
    process.exitCode = command.problem === undefined ? 0 : 2;
    break;
  case "seed":
    process.exitCode = (await replaySeed(command.seed, command.leftOut, print)) ? 0 : 1;
    break;
  case "seeds":
    process.exitCode = (await runRange(command.base, command.count, command.workers)) ? 0 : 1;
    break;
  case "mutants":
    process.exitCode = (await plantAll(command)) ? 0 : 1;
    break;
  case "fourDays":
    process.exitCode = (await runFourDays()) ? 0 : 1;
    break;
}

async function runFourDays(): Promise<boolean> {
  const report = await fourDaysAway({ seed: 1, startProcess: startManager });
  const { violation, receipts, commits, caughtUpAfterMs } = report;
  print(`${receipts} receipts, ${commits} committed while one region was away for four days`);
  print(`it had everything ${(caughtUpAfterMs / 1_000).toFixed(1)} virtual seconds after it came back`);
  if (violation !== undefined) print(`VIOLATION of ${violation.checker}: ${violation.detail}`);
  return violation === undefined;
}

async function runRange(base: number, count: number, workers: number): Promise<boolean> {
  print(`seeds ${base} to ${base + count - 1} (pnpm sim --seeds ${count} --base ${base})`);
  const beganMs = performance.now();
  const summary = new Summary();
  await runSeeds({ base, count, workers }, (outcome) => {
    summary.add(outcome);
    const { seed, violation } = outcome;
    if (violation !== undefined && summary.violations.length <= PRINTED_MAX)
      print(`VIOLATION of ${violation.checker}: ${violation.detail}\n  ${commandFor(seed)}`);
  });
  for (const line of summary.lines()) print(line);
  print(`${((performance.now() - beganMs) / 1_000).toFixed(1)} s on ${workers} threads`);
  return summary.violations.length === 0 && summary.seeds === count;
}

async function plantAll(plan: Extract<typeof command, { kind: "mutants" }>): Promise<boolean> {
  const { named } = plan;
  const mutants = MUTANTS.filter(({ name }) => named === undefined || name.includes(named));
  let killed = 0;
  await runMutants(mutants, plan, ({ name }, fate) => {
    if (fate.kind === "killed") killed += 1;
    print(`| ${name} | ${describeFate(fate)} |`);
    if (named !== undefined && fate.kind === "killed") print(`  ${fate.detail}`);
  });
  print(`${killed} of ${mutants.length} mutants killed`);
  return killed === mutants.length && killed > 0;
}

function describeFate(fate: MutantFate): string {
  switch (fate.kind) {
    case "killed":
      return `${fate.checker} | ${fate.seed}`;
    case "survived":
      return `SURVIVED | ${fate.seeds} seeds`;
    case "broken":
      return `BROKEN | ${fate.message}`;
  }
}
