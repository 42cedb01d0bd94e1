import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../regions/free-port.ts";
import { REGIONS } from "../regions/region-names.ts";
import { requireProgram } from "../servers/find-program.ts";
import { ServerProcess } from "../servers/server-process.ts";
import { syncsAlways } from "./syncs-always.ts";

export interface NatsServer {
  readonly name: string;
  /** Of clients. */
  readonly port: number;
  readonly monitorUrl: string;
  readonly server: ServerProcess;
}

/** What a server knows of a stream of which it holds a replica. */
interface StreamState {
  readonly messages: number;
  readonly leader: string | undefined;
}

/** Starts three servers as one cluster, and waits until each knows who leads its JetStream. */
export async function startServers(folder: string, version: string): Promise<readonly NatsServer[]> {
  const program = await requireProgram("nats-server");
  const ports = await Promise.all(
    REGIONS.map(async (name) => ({
      name,
      client: await freePort(),
      cluster: await freePort(),
      monitor: await freePort(),
    })),
  );
  const routes = ports.map(({ cluster }) => `nats://127.0.0.1:${cluster}`);
  const servers = await Promise.all(
    ports.map(async ({ name, client, cluster, monitor }) => {
      const own = join(folder, name);
      await mkdir(own);
      const configuration = {
        server_name: name,
        listen: `127.0.0.1:${client}`,
        http: `127.0.0.1:${monitor}`,
        jetstream: { store_dir: own, ...(syncsAlways(version) ? { sync_interval: "always" } : {}) },
        cluster: { name: "bench", listen: `127.0.0.1:${cluster}`, routes },
      };
      const file = join(own, "server.json");
      await writeFile(file, JSON.stringify(configuration));
      const server = new ServerProcess({ program, args: ["--config", file] });
      return { name, port: client, monitorUrl: `http://127.0.0.1:${monitor}`, server };
    }),
  );
  await Promise.all(servers.map(({ server, monitorUrl }) => server.ready(() => hasLeader(monitorUrl))));
  return servers;
}

/** The replica of a stream that a server has. */
export async function streamState({ monitorUrl }: NatsServer, stream: string): Promise<StreamState> {
  const { account_details = [] } = await jetstream(monitorUrl);
  for (const { name, state, cluster } of account_details.flatMap((account) => account.stream_detail ?? [])) {
    if (name === stream) return { messages: state.messages, leader: cluster?.leader };
  }
  return { messages: 0, leader: undefined };
}

async function hasLeader(monitorUrl: string): Promise<boolean> {
  const { meta_cluster } = await jetstream(monitorUrl);
  return meta_cluster?.leader !== undefined && meta_cluster.leader !== "";
}

/** Of `/jsz`, what the bench reads. */
interface JetStreamReport {
  readonly meta_cluster?: { readonly leader?: string };
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly state: { readonly messages: number };
      readonly cluster?: { readonly leader?: string };
    }[];
  }[];
}

async function jetstream(monitorUrl: string): Promise<JetStreamReport> {
  const response = await fetch(`${monitorUrl}/jsz?streams=true`);
  if (!response.ok) throw new Error(`A NATS server answered ${response.status}`);
  return (await response.json()) as JetStreamReport;
}
