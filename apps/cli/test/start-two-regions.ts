import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../src/demo/free-ports.ts";
import { type StartedSidecar, startSidecar } from "./start-sidecar.ts";

export interface StartedRegions {
  readonly east: StartedSidecar;
  readonly west: StartedSidecar;
  readonly stop: () => Promise<void>;
}

/** Two real regions that need each other: without us-west-1 nothing commits. */
export async function startTwoRegions(): Promise<StartedRegions> {
  const { startEast, startWest, stop } = await placeTwoRegions();
  const [east, west] = await Promise.all([startEast(), startWest()]);
  return { east, west, stop };
}

/** The same, none of them started yet; each can be killed and started again with the log that it had. */
export interface PlacedRegions {
  readonly startEast: () => Promise<StartedSidecar>;
  readonly startWest: () => Promise<StartedSidecar>;
  readonly stop: () => Promise<void>;
}

export async function placeTwoRegions(): Promise<PlacedRegions> {
  const folder = mkdtempSync(join(tmpdir(), "receipt-sync-test-"));
  const [eastPort = 0, westPort = 0] = await freePorts(2);
  const started: StartedSidecar[] = [];
  const start = async (region: string, peerPort: number, other: string, otherPort: number): Promise<StartedSidecar> => {
    const regions = [{ regionId: other, endpoint: `http://127.0.0.1:${otherPort}`, protocol: "strict" }];
    const rules = { crossRegionSyncEnabled: true, quorumThreshold: 2, retryBackoffInitial: "50ms" };
    const sidecar = await startSidecar({ folder, region, peerPort, config: { ...rules, regions } });
    started.push(sidecar);
    return sidecar;
  };
  return {
    startEast: () => start("us-east-1", eastPort, "us-west-1", westPort),
    startWest: () => start("us-west-1", westPort, "us-east-1", eastPort),
    stop: async () => {
      await Promise.all(started.map((sidecar) => sidecar.kill()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
