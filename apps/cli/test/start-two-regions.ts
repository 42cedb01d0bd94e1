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
  const folder = mkdtempSync(join(tmpdir(), "receipt-sync-test-"));
  const [eastPort = 0, westPort = 0] = await freePorts(2);
  const start = (region: string, peerPort: number, other: string, otherPort: number): Promise<StartedSidecar> => {
    const regions = [{ regionId: other, endpoint: `http://127.0.0.1:${otherPort}`, protocol: "strict" }];
    const rules = { crossRegionSyncEnabled: true, quorumThreshold: 2, retryBackoffInitial: "50ms" };
    return startSidecar({ folder, region, peerPort, config: { ...rules, regions } });
  };
  const [east, west] = await Promise.all([
    start("us-east-1", eastPort, "us-west-1", westPort),
    start("us-west-1", westPort, "us-east-1", eastPort),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([east.kill(), west.kill()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  return { east, west, stop };
}
