import { join } from "node:path";
import { sqliteStore } from "@rsync/store-sqlite";
import { freePort } from "../regions/free-port.ts";
import type { Network } from "../regions/network.ts";
import { othersOf, REGIONS } from "../regions/region-names.ts";
import { type RunningSidecar, type SidecarPlan, startSidecar } from "./start-sidecar.ts";

export interface RunningSidecars {
  readonly first: RunningSidecar;
  /** The last region's sidecar ends. */
  readonly lose: () => Promise<void>;
  /** It starts again, with the same files and ports. */
  readonly recover: () => Promise<void>;
  /** Ends all three; resolves to the number of receipts that each holds. */
  readonly stop: () => Promise<readonly number[]>;
}

/** A sidecar in each region. */
export async function startSidecars(folder: string, network: Network): Promise<RunningSidecars> {
  const plans = await plansFor(folder, network);
  const sidecars = await Promise.all(plans.map((plan) => startSidecar(plan)));
  const [first] = sidecars;
  const lastPlan = plans.at(-1);
  if (first === undefined || lastPlan === undefined) throw new Error("A deployment has regions");
  return {
    first,
    lose: async () => {
      await sidecars.pop()?.stop();
    },
    recover: async () => {
      sidecars.push(await startSidecar(lastPlan));
    },
    stop: async () => {
      await Promise.all(sidecars.map((each) => each.stop()));
      return Promise.all(plans.map(({ storePath, regionId }) => rowsHeld(storePath, regionId)));
    },
  };
}

async function plansFor(folder: string, network: Network): Promise<readonly SidecarPlan[]> {
  const regions = await Promise.all(REGIONS.map(async (regionId) => ({ regionId, peerPort: await freePort() })));
  const addresses = regions.map(({ regionId, peerPort }) => ({ regionId, endpoint: `http://127.0.0.1:${peerPort}` }));
  return Promise.all(
    regions.map(async ({ regionId, peerPort }) => ({
      regionId,
      peerPort,
      storePath: join(folder, `${regionId}.db`),
      others: await Promise.all(othersOf(regionId, addresses).map((other) => network(regionId, other))),
    })),
  );
}

/** Counted in the file itself, when nobody else has it open any more. */
async function rowsHeld(storePath: string, regionId: string): Promise<number> {
  const store = await sqliteStore(storePath, { regionId });
  const { rows } = await store.count();
  await store.close();
  return rows;
}
