/** Runs seeds in a thread of its own, and tells of each when it is over. A mutant is planted before anything is loaded. */
import { parentPort, workerData } from "node:worker_threads";
import { findMutant } from "./mutants/catalogue.ts";
import { plantMutant } from "./mutants/plant-mutant.ts";

/** Which seeds, and what else. */
export interface SeedsTask {
  readonly from: number;
  readonly count: number;
  readonly step: number;
  /** Name of a mutant to be planted. */
  readonly mutant: string | undefined;
  readonly stopAtViolation: boolean;
}

const task: SeedsTask = workerData;
if (task.mutant !== undefined) plantMutant(findMutant(task.mutant));

const [{ simulate }, { startManager }, { outcomeOf }] = await Promise.all([
  import("@rsync/testkit"),
  import("./start-manager.ts"),
  import("./seed-outcome.ts"),
]);
for (let index = 0; index < task.count; index += 1) {
  const outcome = outcomeOf(await simulate({ seed: task.from + index * task.step, startProcess: startManager }));
  parentPort?.postMessage(outcome);
  if (task.stopAtViolation && outcome.violation !== undefined) break;
}
