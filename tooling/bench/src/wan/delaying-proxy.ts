import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy on loopback that hands on everything, in both directions, a fixed time later. */
export interface DelayingProxy {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The connection itself is made at once; whoever waits for the first reply has waited one round trip. */
export async function delayingProxy(targetPort: number, oneWayMs: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once("close", () => sockets.delete(socket));
    }
    handOn(near, far, oneWayMs);
    handOn(far, near, oneWayMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: portOf(server), close: () => closeAll(server, sockets) };
}

/** Chunks leave in the order in which they came; a side that ends or breaks ends the other after what it had sent. */
function handOn(from: Socket, to: Socket, oneWayMs: number): void {
  const onTheWay: { readonly dueMs: number; readonly deliver: () => void }[] = [];
  const arrive = (): void => {
    for (let next = onTheWay[0]; next !== undefined; next = onTheWay[0]) {
      const earlyMs = next.dueMs - performance.now();
      if (earlyMs > 0) {
        setTimeout(arrive, earlyMs);
        return;
      }
      onTheWay.shift();
      next.deliver();
    }
  };
  const depart = (deliver: () => void): void => {
    onTheWay.push({ dueMs: performance.now() + oneWayMs, deliver });
    if (onTheWay.length === 1) setTimeout(arrive, oneWayMs);
  };
  from.on("data", (chunk) => depart(() => to.write(chunk)));
  from.on("end", () => depart(() => to.end()));
  from.on("error", () => depart(() => to.destroy()));
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  return address.port;
}
