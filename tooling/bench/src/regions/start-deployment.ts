import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment } from "../load/contestant.ts";
import { othersOf, REGIONS, type RegionAddress } from "./region-names.ts";
import { RegionProcess } from "./region-process.ts";

/** Starts three processes of one program and makes them known to each other. The first one also generates the load. */
export async function startDeployment(program: URL, folder: string): Promise<Deployment> {
  const processes = REGIONS.map(() => new RegionProcess(program));
  const [first] = processes;
  if (first === undefined) throw new Error("A deployment has regions");
  const end = async (): Promise<void> => {
    await Promise.all(processes.map((region) => region.end()));
  };
  try {
    await joinAll(processes, folder);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    load: async (plan) => (await first.ask({ kind: "load", plan }, "loaded")).run,
    stop: async () => {
      try {
        const stopped = await Promise.all(processes.map((region) => region.ask({ kind: "stop" }, "stopped")));
        return stopped.map(({ held }) => held);
      } finally {
        await end();
      }
    },
  };
}

async function joinAll(processes: readonly RegionProcess[], folder: string): Promise<void> {
  const addresses = await Promise.all(processes.map((region, index) => listen(region, index, folder)));
  await Promise.all(
    addresses.map(({ regionId }, index) =>
      processes[index]?.ask({ kind: "join", others: othersOf(regionId, addresses) }, "joined"),
    ),
  );
}

async function listen(region: RegionProcess, index: number, folder: string): Promise<RegionAddress> {
  const regionId = REGIONS[index] ?? `region-${index}`;
  const own = join(folder, regionId);
  await mkdir(own);
  const { port } = await region.ask({ kind: "listen", regionId, folder: own }, "listening");
  return { regionId, endpoint: `http://127.0.0.1:${port}` };
}
