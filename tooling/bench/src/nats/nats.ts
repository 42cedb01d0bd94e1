import { jetstreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { formatWireReceipt, type Receipt } from "@rsync/core";
import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { findServer, requireVersion } from "../servers/find-program.ts";
import { type NatsServer, startServers, streamState } from "./nats-server.ts";
import { syncsAlways } from "./syncs-always.ts";

/** A JetStream stream with three replicas; a message for each receipt. */
export const nats: Contestant = {
  name: "nats",
  find: () =>
    findServer("nats-server", (version) => (syncsAlways(version) ? "fsync on 2 of 3" : "memory of 2 of 3, no fsync")),
  start,
};

const STREAM = "receipts";
/** With many callers or batches faster than 1, else the same. */
const CONNECTIONS = 4;

const ACKNOWLEDGED_MS_MAX = 10_000;

async function start(folder: string): Promise<Deployment> {
  const servers = await startServers(folder, await requireVersion("nats-server"));
  await createStream(servers);
  const leader = await leaderOf(servers);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectTo(leader)));
  const target: LoadTarget = {
    submit: async (receipts, caller) => {
      const connection = connections[caller % CONNECTIONS];
      await Promise.all(receipts.map((receipt) => publish(connection, receipt)));
    },
    missing: async () => {
      const held = await messagesHeld(servers);
      return Math.max(...held) - Math.min(...held);
    },
  };
  return {
    load: (plan) => closedLoop(target, plan),
    stop: async () => {
      const held = await messagesHeld(servers);
      await Promise.all(connections.map((connection) => connection.close()));
      await Promise.all(servers.map(({ server }) => server.stop()));
      return held;
    },
  };
}

/** Straight to the server: the JetStream client's own `publish` adds headers and takes more processor time. */
async function publish(connection: NatsConnection | undefined, receipt: Receipt): Promise<void> {
  if (connection === undefined) throw new Error("Every caller has a connection");
  const reply = await connection.request(STREAM, formatWireReceipt(receipt), { timeout: ACKNOWLEDGED_MS_MAX });
  const { error } = reply.json<{ readonly error?: { readonly description: string } }>();
  if (error !== undefined) throw new Error(`NATS refused a message: ${error.description}`);
}

async function createStream(servers: readonly NatsServer[]): Promise<void> {
  const [first] = servers;
  if (first === undefined) throw new Error("A cluster has servers");
  const connection = await connectTo(first);
  // A cluster that has just formed knows its leader before it knows that it has room for replicas.
  await first.server.ready(async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({
      name: STREAM,
      subjects: [STREAM],
      num_replicas: servers.length,
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
    });
    return true;
  });
  await connection.close();
}

/** Every message goes through the stream's leader: being connected to it saves a hop. */
async function leaderOf(servers: readonly NatsServer[]): Promise<NatsServer> {
  const states = await Promise.all(servers.map((server) => streamState(server, STREAM)));
  const leader = servers.find(({ name }) => states.some((state) => state.leader === name));
  if (leader === undefined) throw new Error("The stream has no leader");
  return leader;
}

async function messagesHeld(servers: readonly NatsServer[]): Promise<readonly number[]> {
  const states = await Promise.all(servers.map((server) => streamState(server, STREAM)));
  return states.map(({ messages }) => messages);
}

function connectTo({ port }: NatsServer): Promise<NatsConnection> {
  return connect({ servers: `127.0.0.1:${port}`, ignoreClusterUpdates: true, reconnect: false });
}
