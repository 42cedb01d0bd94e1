/** Makes a failing run smaller: fewer faults, calls and kinds of work, as long as the same checker objects. */
import { FAULT_KINDS } from "./faults/fault-kind.ts";
import type { SimulationOptions } from "./options.ts";
import { type SimulateParts, type SimulationReport, simulate } from "./simulate.ts";

/** What is left out of the options that a seed draws. */
export interface LeftOut {
  readonly faults: readonly string[];
  readonly work: readonly string[];
  /** Calls of the first phase, where fewer will do. */
  readonly calls: number | undefined;
}

/** The whole run, as it was drawn from its seed. */
export const NOTHING_LEFT_OUT: LeftOut = { faults: [], work: [], calls: undefined };

/** The smallest run found in which the same checker still complains, and how that run went. */
export interface Shrunk {
  readonly leftOut: LeftOut;
  readonly report: SimulationReport;
}

/** The options of a run without what is left out. */
export function leaveOut(options: SimulationOptions, leftOut: LeftOut): SimulationOptions {
  const faults = Object.fromEntries(Object.entries(options.faults).filter(([kind]) => !leftOut.faults.includes(kind)));
  const workload = { ...options.workload };
  for (const kind of leftOut.work) if (isWork(kind, workload)) workload[kind] = 0;
  return { ...options, faults, workload, calls: leftOut.calls ?? options.calls };
}

/** Tries every way of leaving one thing out, and keeps what still fails in the same way. */
export async function shrink(parts: Omit<SimulateParts, "options">, failing: SimulationReport): Promise<Shrunk> {
  const { options, violation } = failing;
  let best: Shrunk = { leftOut: NOTHING_LEFT_OUT, report: failing };
  const attempt = async (leftOut: LeftOut): Promise<boolean> => {
    const report = await simulate({ ...parts, options: leaveOut(options, leftOut) });
    if (report.violation === undefined || report.violation.checker !== violation?.checker) return false;
    best = { leftOut, report };
    return true;
  };
  for (const kind of FAULT_KINDS) {
    if (options.faults[kind] === undefined) continue;
    await attempt({ ...best.leftOut, faults: [...best.leftOut.faults, kind] });
  }
  for (const [kind, weight] of Object.entries(options.workload)) {
    if (weight === 0 || kind === "submit") continue;
    await attempt({ ...best.leftOut, work: [...best.leftOut.work, kind] });
  }
  for (let calls = Math.floor(options.calls / 2); calls > 0; calls = Math.floor(calls / 2)) {
    if (!(await attempt({ ...best.leftOut, calls }))) break;
  }
  return best;
}

function isWork(kind: string, workload: SimulationOptions["workload"]): kind is keyof SimulationOptions["workload"] {
  return Object.hasOwn(workload, kind);
}
