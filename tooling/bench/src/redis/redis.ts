import { formatWireReceipt, type Receipt } from "@rsync/core";
import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { findServer } from "../servers/find-program.ts";
import { bytesMissing, connectTo, type RedisClient, startServers } from "./redis-server.ts";

/** A SET for each receipt and a WAIT after it; a batch has one WAIT. */
export const redis: Contestant = {
  name: "redis",
  find: () => findServer("redis-server", () => "AOF always on 2 of 3 (WAIT)"),
  start,
};

/** A WAIT holds up its connection, so callers need their own; with more than these they share. */
const CONNECTIONS = 64;
const WAIT_MS_MAX = 10_000;

async function start(folder: string): Promise<Deployment> {
  const servers = await startServers(folder);
  const [primary] = servers;
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectTo(primary.port)));
  const target: LoadTarget = {
    submit: (receipts, caller) => submit(connections[caller % CONNECTIONS], receipts),
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

/** Commands of one turn travel together. */
async function submit(client: RedisClient | undefined, receipts: readonly Receipt[]): Promise<void> {
  if (client === undefined) throw new Error("Every caller has a connection");
  const sets = receipts.map((receipt) => client.set(receipt.receiptId, formatWireReceipt(receipt)));
  const [replicas] = await Promise.all([client.wait(1, WAIT_MS_MAX), ...sets]);
  if (replicas < 1) throw new Error("No Redis replica has acknowledged");
}
