import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../regions/free-port.ts";
import { REGIONS } from "../regions/region-names.ts";
import { requireProgram } from "../servers/find-program.ts";
import { ServerProcess } from "../servers/server-process.ts";
import { giveTo, type User, unprivilegedUser } from "./unprivileged-user.ts";

const run = promisify(execFile);

export interface PostgresqlServer {
  readonly port: number;
  readonly server: ServerProcess;
}

export const SUPERUSER = "bench";

/** Of the two standbys; the primary has the first region's name. */
const STANDBYS = REGIONS.slice(1);

/** Starts a primary, copies it into two standbys, and starts these. */
export async function startServers(folder: string): Promise<readonly [PostgresqlServer, ...PostgresqlServer[]]> {
  const user = await unprivilegedUser();
  await giveTo(user, folder);
  const initdb = await requireProgram("initdb");
  const data = join(folder, REGIONS[0]);
  await as(user, initdb, ["-D", data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
  const primary = await startServer(data, user, [
    `synchronous_standby_names=ANY 1 (${STANDBYS.map((name) => `"${name}"`).join(", ")})`,
  ]);
  const standbys: PostgresqlServer[] = [];
  for (const name of STANDBYS) standbys.push(await startStandby(join(folder, name), name, primary, user));
  return [primary, ...standbys];
}

async function startStandby(
  data: string,
  name: string,
  primary: PostgresqlServer,
  user: User | undefined,
): Promise<PostgresqlServer> {
  const source = `host=127.0.0.1 port=${primary.port} user=${SUPERUSER} application_name=${name}`;
  await mkdir(data, { mode: 0o700 });
  await giveTo(user, data);
  await as(user, await requireProgram("pg_basebackup"), ["-D", data, "-d", source, "-R", "-X", "stream", "-c", "fast"]);
  return startServer(data, user, []);
}

async function startServer(data: string, user: User | undefined, more: readonly string[]): Promise<PostgresqlServer> {
  const port = await freePort();
  const settings = [
    ...["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "max_connections=300"],
    ...["fsync=on", "full_page_writes=on", "synchronous_commit=on", "wal_level=replica", "max_wal_senders=8"],
    // Checkpoints would fall into somebody's run.
    ...["max_wal_size=16GB", "checkpoint_timeout=1h", "shared_buffers=512MB", "huge_pages=off"],
    ...more,
  ];
  const server = new ServerProcess({
    program: await requireProgram("postgres"),
    args: ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    user,
    stopSignal: "SIGINT", // its fast shutdown
  });
  const isReady = await requireProgram("pg_isready");
  await server.ready(async () => {
    await run(isReady, ["-h", "127.0.0.1", "-p", String(port)]);
    return true;
  });
  return { port, server };
}

async function as(user: User | undefined, program: string, args: readonly string[]): Promise<void> {
  await run(program, [...args], { ...user, cwd: "/" });
}
