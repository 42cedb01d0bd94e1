/** Runs one seed, and where it fails the smallest run that fails in the same way. */
import {
  drawOptions,
  type LeftOut,
  leaveOut,
  NOTHING_LEFT_OUT,
  type SimulationReport,
  shrink,
  simulate,
} from "@rsync/testkit";
import { startManager } from "./start-manager.ts";

/** Prints what happened; says whether all is well. */
export async function replaySeed(seed: number, leftOut: LeftOut, print: (line: string) => void): Promise<boolean> {
  const options = leaveOut(drawOptions(seed), leftOut);
  const report = await simulate({ seed, options, startProcess: startManager });
  print(`seed ${seed}, trace ${report.traceHash}, ${report.events} events, ${report.commits} commits`);
  if (report.violation === undefined) {
    print("no violation");
    return true;
  }
  printViolation(report, print);
  const shrunk = await shrink({ seed, startProcess: startManager }, report);
  const all: LeftOut = {
    faults: [...leftOut.faults, ...shrunk.leftOut.faults],
    work: [...leftOut.work, ...shrunk.leftOut.work],
    calls: shrunk.leftOut.calls ?? leftOut.calls,
  };
  print(`\nmade smaller: ${commandFor(seed, all)}`);
  print(`options: ${JSON.stringify(shrunk.report.options)}`);
  printViolation(shrunk.report, print);
  for (const line of shrunk.report.trace) print(line);
  return false;
}

/** The command that runs a seed again. */
export function commandFor(seed: number, leftOut: LeftOut = NOTHING_LEFT_OUT): string {
  const { faults, work, calls } = leftOut;
  const parts = [`pnpm sim --seed ${seed}`];
  if (faults.length > 0) parts.push(`--without ${faults.join(",")}`);
  if (work.length > 0) parts.push(`--idle ${work.join(",")}`);
  if (calls !== undefined) parts.push(`--calls ${calls}`);
  return parts.join(" ");
}

function printViolation({ violation, seed }: SimulationReport, print: (line: string) => void): void {
  if (violation === undefined) return;
  print(`VIOLATION of ${violation.checker} at ${violation.atMs.toFixed(1)} ms (seed ${seed}): ${violation.detail}`);
}
