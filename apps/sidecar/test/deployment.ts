/** Regions that know each other, each a sidecar of its own with its own log. */
import { freePorts } from "./free-ports.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import type { TemporaryFolder } from "./temporary-folder.ts";

export interface Deployment {
  readonly regionIds: readonly string[];
  /** The file of a region's log. */
  readonly store: (regionId: string) => string;
  readonly configFile: (regionId: string) => string;
  readonly start: (regionId: string) => Promise<SidecarProcess>;
}

/** Backoff of milliseconds, so that a region that comes back is met soon; cooldowns likewise. */
const impatient = {
  retryBackoffInitial: "20ms",
  retryBackoffMax: "100ms",
  lanes: { cooldownInitial: "50ms", cooldownMax: "200ms", pauseProbe: "200ms" },
};

/** Makes the files; nothing runs yet. `changes` stand over the configuration of every region. */
export async function deployment(
  folder: TemporaryFolder,
  regionIds: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Deployment> {
  const ports = await freePorts(regionIds.length);
  const peers = regionIds.map((regionId, index) => ({ regionId, endpoint: `http://127.0.0.1:${ports[index]}` }));
  const store = (regionId: string): string => folder.file(`${regionId}.db`);
  const configFile = (regionId: string): string => folder.file(`${regionId}.json`);
  for (const [index, region] of regionIds.entries()) {
    folder.write(`${region}.json`, {
      region,
      crossRegionSyncEnabled: true,
      quorumThreshold: 2,
      regions: peers.filter(({ regionId }) => regionId !== region),
      listen: { app: "127.0.0.1:0", peer: `127.0.0.1:${ports[index]}` },
      store: `sqlite:${store(region)}`,
      ...impatient,
      ...changes,
    });
  }
  return {
    regionIds,
    store,
    configFile,
    start: (regionId) => startSidecar(["--config", configFile(regionId)]),
  };
}
