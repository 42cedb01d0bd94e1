import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { findServer } from "../servers/find-program.ts";
import { bytesMissing, connectTo, startServers } from "./redis-server.ts";
import { SharedWait } from "./shared-wait.ts";

/** A SET for each receipt or an MSET for each batch, and a WAIT after it, which callers share. */
export const redis: Contestant = {
  name: "redis",
  find: () => findServer("redis-server", () => "AOF always on 2 of 3 (WAIT)"),
  start,
};

/** The best of 1, 2 and 4. */
const CONNECTIONS = 4;

async function start(folder: string): Promise<Deployment> {
  const servers = await startServers(folder);
  const [primary] = servers;
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectTo(primary.port)));
  const waits = connections.map((client) => new SharedWait(client));
  const target: LoadTarget = {
    submit: async (receipts, caller) => waits[caller % CONNECTIONS]?.submit(receipts),
    missing: () => bytesMissing(servers),
  };
  return {
    load: (plan) => closedLoop(target, plan),
    stop: async () => {
      const held = await Promise.all(servers.map(({ client }) => client.dbSize()));
      for (const client of [...connections, ...servers.map((each) => each.client)]) client.destroy();
      await Promise.all(servers.map(({ server }) => server.stop()));
      return held;
    },
  };
}
