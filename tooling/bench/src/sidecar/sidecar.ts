import { closedLoop, type LoadPlan, type LoadRun } from "../load/closed-loop.ts";
import { type Contestant, type Deployment, findOwn } from "../load/contestant.ts";
import { AppClient } from "./app-client.ts";
import { ReceiptStream } from "./receipt-stream.ts";
import { startSidecars } from "./start-sidecars.ts";

/** A sidecar in each region; the load is made in the bench's own process, over the app API: one request for each call. */
export const sidecar: Contestant = {
  name: "sidecar",
  find: findOwn,
  start: (folder) => start(folder, closedLoop),
};

/** The same over long NDJSON streams. */
export const sidecarStream: Contestant = {
  name: "sidecar-stream",
  find: findOwn,
  start: (folder) => start(folder, loadOverStreams),
};

/** More callers than this share streams. */
const STREAMS_MAX = 8;

async function start(folder: string, load: typeof loadOverStreams): Promise<Deployment> {
  const { appUrl, stop } = await startSidecars(folder);
  const client = new AppClient(appUrl);
  return {
    load: (plan) => load(client, plan, appUrl),
    stop: async () => {
      await client.close();
      return stop();
    },
  };
}

/** Streams are open for one run. */
async function loadOverStreams(client: AppClient, plan: LoadPlan, appUrl: string): Promise<LoadRun> {
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
