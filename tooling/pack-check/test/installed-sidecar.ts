import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finished, UserFolder } from "../src/user-folder.ts";

export interface InstalledSidecar {
  /** Where its app API is. */
  readonly url: string;
  /** SIGTERM, and how it ended. */
  readonly terminate: () => Promise<Finished>;
}

const POLL_MS = 25;
const READY_MS_MAX = 20_000;

/** Two regions that need each other, each with a sidecar that was installed in the folder; resolves when both are ready. */
export async function startPair(user: UserFolder): Promise<readonly [InstalledSidecar, InstalledSidecar]> {
  const east = { region: "east", app: await freePort(), peer: await freePort() };
  const west = { region: "west", app: await freePort(), peer: await freePort() };
  return Promise.all([start(user, east, west), start(user, west, east)]);
}

interface Place {
  readonly region: string;
  readonly app: number;
  readonly peer: number;
}

async function start(user: UserFolder, here: Place, other: Place): Promise<InstalledSidecar> {
  const config = {
    region: here.region,
    crossRegionSyncEnabled: true,
    regions: [{ regionId: other.region, endpoint: `http://127.0.0.1:${other.peer}` }],
    quorum: "all",
    listen: { app: `127.0.0.1:${here.app}`, peer: `127.0.0.1:${here.peer}` },
    store: `sqlite:${here.region}.db`,
  };
  writeFileSync(join(user.path, `${here.region}.json`), JSON.stringify(config));
  const child = user.spawn("node_modules/.bin/receipt-sidecar", "--config", `${here.region}.json`);
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]): Finished => ({ code, stdout, stderr }),
  );
  const url = `http://127.0.0.1:${here.app}`;
  const early = ended.then((finished) => {
    throw new Error(`The sidecar ended before it was ready: ${JSON.stringify(finished)}`);
  });
  await Promise.race([ready(url), early]);
  const terminate = (): Promise<Finished> => {
    child.kill("SIGTERM");
    return ended;
  };
  return { url, terminate };
}

async function ready(url: string): Promise<void> {
  const untilMs = performance.now() + READY_MS_MAX;
  while (performance.now() < untilMs) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(POLL_MS);
  }
  throw new Error(`The sidecar at ${url} is not ready after ${READY_MS_MAX} ms`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  server.close();
  await once(server, "close");
  return address.port;
}
