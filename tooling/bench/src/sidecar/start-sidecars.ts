import { join } from "node:path";
import { sqliteStore } from "@rsync/store-sqlite";
import { freePort } from "../regions/free-port.ts";
import { othersOf, REGIONS } from "../regions/region-names.ts";
import { startSidecar } from "./start-sidecar.ts";

export interface RunningSidecars {
  /** App API of the first region. */
  readonly appUrl: string;
  /** Ends all three; resolves to the number of receipts that each holds. */
  readonly stop: () => Promise<readonly number[]>;
}

/** A sidecar in each region. */
export async function startSidecars(folder: string): Promise<RunningSidecars> {
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
  return {
    appUrl: first.appUrl,
    stop: async () => {
      await Promise.all(sidecars.map((each) => each.stop()));
      return Promise.all(plans.map(({ storePath, regionId }) => rowsHeld(storePath, regionId)));
    },
  };
}

/** Counted in the file itself, when nobody else has it open any more. */
async function rowsHeld(storePath: string, regionId: string): Promise<number> {
  const store = await sqliteStore(storePath, { regionId });
  const { rows } = await store.count();
  await store.close();
  return rows;
}
