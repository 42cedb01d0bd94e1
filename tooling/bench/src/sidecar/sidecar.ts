import { join } from "node:path";
import { sqliteStore } from "@rsync/store-sqlite";
import { closedLoop } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { othersOf, REGIONS } from "../regions/region-names.ts";
import { AppClient } from "./app-client.ts";
import { freePort } from "./free-port.ts";
import { startSidecar } from "./start-sidecar.ts";

/** A sidecar in each region; the load is made in the bench's own process, over the app API. */
export const sidecar: Contestant = { name: "sidecar", start };

async function start(folder: string): Promise<Deployment> {
  const plans = await Promise.all(
    REGIONS.map(async (regionId) => ({
      regionId,
      storePath: join(folder, `${regionId}.db`),
      peerPort: await freePort(),
    })),
  );
  const addresses = plans.map(({ regionId, peerPort }) => ({ regionId, endpoint: `http://127.0.0.1:${peerPort}` }));
  const sidecars = await Promise.all(
    plans.map((plan) => startSidecar({ ...plan, others: othersOf(plan.regionId, addresses) })),
  );
  const [first] = sidecars;
  if (first === undefined) throw new Error("A deployment has regions");
  const client = new AppClient(first.appUrl);
  return {
    load: (plan) => closedLoop(client, plan),
    stop: async () => {
      await client.close();
      await Promise.all(sidecars.map((each) => each.stop()));
      return Promise.all(plans.map(({ storePath, regionId }) => held(storePath, regionId)));
    },
  };
}

/** Counted in the file itself, when nobody else has it open any more. */
async function held(storePath: string, regionId: string): Promise<number> {
  const store = await sqliteStore(storePath, { regionId });
  const { rows } = await store.count();
  await store.close();
  return rows;
}
