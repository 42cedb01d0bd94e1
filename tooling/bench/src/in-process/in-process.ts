import { type Contestant, findOwn, type LosingDeployment } from "../load/contestant.ts";
import { loopback, type Network } from "../regions/network.ts";
import { startRegions } from "../regions/start-regions.ts";

/** `@rsync/node` inside the service; the load is made in the first region's process. */
export const inProcess: Contestant = {
  name: "in-process",
  find: findOwn,
  start: (folder) => startInProcess(folder, loopback),
};

export function startInProcess(folder: string, network: Network): Promise<LosingDeployment> {
  return startRegions(new URL("./region-main.ts", import.meta.url), folder, network);
}
