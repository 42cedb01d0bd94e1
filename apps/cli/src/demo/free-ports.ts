import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { CommandError } from "../command-error.ts";

/**
 * Below the ports that systems hand out to outgoing connections: one of those could take the place of a region while it
 * is down, or even connect to itself there.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 1_000;

/** Different ports of 127.0.0.1 on which nobody listens now. Somebody may a moment later: starting can still fail. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries === TRIES_MAX) throw new CommandError("no free ports on 127.0.0.1");
    const port = randomInt(PORT_MIN, PORT_MAX);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
