import { type Contestant, type Deployment, findOwn } from "../load/contestant.ts";
import { loopback, type Network } from "../regions/network.ts";
import { startRegions } from "../regions/start-regions.ts";

/** What a developer would write by hand; the load is made in the first region's process. */
export const byHand: Contestant = {
  name: "by-hand",
  find: findOwn,
  start: (folder) => startByHand(folder, loopback),
};

export function startByHand(folder: string, network: Network): Promise<Deployment> {
  return startRegions(new URL("./region-main.ts", import.meta.url), folder, network);
}
