import { closedLoop, type LoadPlan, type LoadRun } from "../load/closed-loop.ts";
import { type Contestant, findOwn, type LosingDeployment } from "../load/contestant.ts";
import { loopback, type Network } from "../regions/network.ts";
import { AppClient } from "./app-client.ts";
import { ReceiptStream } from "./receipt-stream.ts";
import { startSidecars } from "./start-sidecars.ts";

/** A sidecar in each region; the load is made in the bench's own process, over the app API: one request for each call. */
export const sidecar: Contestant = {
  name: "sidecar",
  find: findOwn,
  start: (folder) => startSidecarRegions(folder, loopback, closedLoop),
};

/** The same over long NDJSON streams. */
export const sidecarStream: Contestant = {
  name: "sidecar-stream",
  find: findOwn,
  start: (folder) => startSidecarRegions(folder, loopback, loadOverStreams),
};

/** More callers than this share streams. */
const STREAMS_MAX = 8;

export async function startSidecarRegions(
  folder: string,
  network: Network,
  load: typeof loadOverStreams,
): Promise<LosingDeployment> {
  const { first, lose, recover, stop } = await startSidecars(folder, network);
  const client = new AppClient(first.appUrl);
  return {
    pid: first.pid,
    load: (plan) => load(client, plan, first.appUrl),
    lose,
    recover,
    stop: async () => {
      await client.close();
      return stop();
    },
  };
}

/** Streams are open for one run. */
export async function loadOverStreams(client: AppClient, plan: LoadPlan, appUrl: string): Promise<LoadRun> {
  const streams = Array.from({ length: Math.min(plan.callers, STREAMS_MAX) }, () => new ReceiptStream(appUrl));
  const run = await closedLoop(
    {
      submit: async (receipts, caller) => streams[caller % streams.length]?.submit(receipts),
      missing: client.missing,
    },
    plan,
  );
  await Promise.all(streams.map((stream) => stream.close()));
  return run;
}
