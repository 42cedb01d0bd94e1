import { once } from "node:events";
import { connect, createServer } from "node:net";
import { median } from "../load/percentile.ts";
import { delayingProxy } from "./delaying-proxy.ts";

const TIMES = 100;

/**
 * What a byte and its echo really take over a link: timers fire late by up to a millisecond, on a busy machine by more, and
 * that is no fault of whoever is measured over it.
 */
export async function measureRoundTrip(roundTripMs: number): Promise<number> {
  const echo = createServer((socket) => void socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  const proxy = await delayingProxy(address.port, roundTripMs / 2);
  const socket = connect(proxy.port, "127.0.0.1");
  socket.setNoDelay(true);
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const beganMs = performance.now();
    socket.write("x");
    await once(socket, "data");
    took.push(performance.now() - beganMs);
  }
  socket.destroy();
  await proxy.close();
  echo.close();
  return median(took);
}
