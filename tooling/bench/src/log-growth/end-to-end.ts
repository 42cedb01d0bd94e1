import { startInProcess } from "../in-process/in-process.ts";
import type { Deployment } from "../load/contestant.ts";
import type { IdVersion } from "../load/shape.ts";
import { loopback } from "../regions/network.ts";
import type { CostRounds } from "./cost.ts";
import { takeTurns } from "./take-turns.ts";

const CALLERS = 64;
const WARM_UP_SECONDS_MAX = 3;

/** Microseconds for each receipt of 64 callers, until all three regions hold it. */
export async function measureEndToEnd(
  folders: ReadonlyMap<number, string>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<CostRounds> {
  const deployments = new Map<number, Deployment>();
  for (const [size, folder] of folders) deployments.set(size, await startInProcess(folder, loopback));
  const run = async (deployment: Deployment, ids: IdVersion, loadSeconds: number): Promise<number> => {
    const { receipts, tookMs } = await deployment.load({
      callers: CALLERS,
      batch: 1,
      ids,
      until: { kind: "seconds", seconds: loadSeconds },
      ends: "everywhere",
    });
    return (tookMs * 1000) / receipts;
  };
  for (const deployment of deployments.values())
    await run(deployment, "v7", Math.min(WARM_UP_SECONDS_MAX, seconds * 3));
  const costs = await takeTurns(deployments, rounds, (deployment, ids) => run(deployment, ids, seconds));
  for (const deployment of deployments.values()) await deployment.stop();
  return costs;
}
