import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { freePort } from "../regions/free-port.ts";
import { REGIONS } from "../regions/region-names.ts";
import { requireProgram } from "../servers/find-program.ts";
import { ServerProcess } from "../servers/server-process.ts";

export interface RedisServer {
  readonly port: number;
  readonly server: ServerProcess;
  readonly client: RedisClient;
}

export type RedisClient = Awaited<ReturnType<typeof connectTo>>;

/** Starts a primary and two replicas, and waits until both have its whole data set. */
export async function startServers(folder: string): Promise<readonly [RedisServer, ...RedisServer[]]> {
  const primary = await startServer(join(folder, REGIONS[0]), undefined);
  const replicas = await Promise.all(REGIONS.slice(1).map((name) => startServer(join(folder, name), primary.port)));
  await primary.server.ready(async () => (await onlineReplicas(primary)) === replicas.length);
  return [primary, ...replicas];
}

/**
 * Bytes of the replication stream that the replica farthest behind has not written down, by its own word: what the primary
 * knows of it is up to a second old.
 */
export async function bytesMissing([primary, ...replicas]: readonly [RedisServer, ...RedisServer[]]): Promise<number> {
  const reached = await Promise.all(replicas.map((replica) => replicationField(replica, "slave_repl_offset")));
  return (await replicationField(primary, "master_repl_offset")) - Math.min(...reached);
}

export async function connectTo(port: number) {
  const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: false } });
  client.on("error", () => undefined); // Commands reject with it.
  return client.connect();
}

async function startServer(folder: string, primaryPort: number | undefined): Promise<RedisServer> {
  await mkdir(folder);
  const port = await freePort();
  const args = [
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always"],
    // Rewriting the file in the background would fall into somebody's run.
    ...["--auto-aof-rewrite-percentage", "0", "--repl-diskless-sync-delay", "0"],
    ...(primaryPort === undefined ? [] : ["--replicaof", "127.0.0.1", String(primaryPort)]),
  ];
  const server = new ServerProcess({ program: await requireProgram("redis-server"), args });
  const listening = await listeningClient(server, port);
  return { port, server, client: listening };
}

async function listeningClient(server: ServerProcess, port: number): Promise<RedisClient> {
  const { promise, resolve } = Promise.withResolvers<RedisClient>();
  await server.ready(async () => {
    resolve(await connectTo(port));
    return true;
  });
  return promise;
}

async function onlineReplicas({ client }: RedisServer): Promise<number> {
  return (await client.info("replication")).match(/^slave\d+:.*state=online/gm)?.length ?? 0;
}

async function replicationField({ client }: RedisServer, field: string): Promise<number> {
  const info = await client.info("replication");
  return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
}
