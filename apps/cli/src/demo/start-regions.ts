import { type DemoRegionId, demoRegionIds } from "./demo-config.ts";
import { DemoRegion, StartError } from "./demo-region.ts";
import type { DemoWorkspace } from "./demo-workspace.ts";
import { freePorts } from "./free-ports.ts";

export type DemoRegions = Readonly<Record<DemoRegionId, DemoRegion>>;

/** A port that was free may be taken before it is used. */
const TRIES_MAX = 3;
const RESTART_TRIES_MAX = 20;
const RESTART_PAUSE_MS = 100;

/** Starts all regions at once; with other ports again, where one was taken in between. */
export async function startRegions(workspace: DemoWorkspace): Promise<DemoRegions> {
  for (let tries = 1; ; tries++) {
    const regions = demoRegionIds.map((regionId) => new DemoRegion(regionId, workspace));
    const [eastPort = 0, westPort = 0, euPort = 0] = await freePorts(regions.length);
    const ports = { "us-east-1": eastPort, "us-west-1": westPort, "eu-west-1": euPort };
    await Promise.all(regions.map((region) => region.writeConfig(ports)));
    const started = await Promise.allSettled(regions.map((region) => region.start()));
    const failed = started.find((result) => result.status === "rejected");
    if (failed === undefined) return byId(regions);
    const { reason } = failed as PromiseRejectedResult;
    if (!(reason instanceof StartError && reason.portTaken) || tries === TRIES_MAX) throw reason;
    await Promise.all(regions.map((region) => region.kill()));
  }
}

/** Starts a region again where it was: at the port that the others know. */
export async function restartRegion(region: DemoRegion): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await region.start();
    } catch (error) {
      if (!(error instanceof StartError && error.portTaken) || tries === RESTART_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
    }
  }
}

function byId(regions: readonly DemoRegion[]): DemoRegions {
  const [east, west, eu] = regions;
  if (east === undefined || west === undefined || eu === undefined) throw new Error("three regions were started");
  return { "us-east-1": east, "us-west-1": west, "eu-west-1": eu };
}
