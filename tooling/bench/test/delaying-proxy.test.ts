import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { delayingProxy } from "../src/wan/delaying-proxy.ts";

test("everything arrives, in order and not too early, and so does the end", async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const proxy = await delayingProxy((echo.address() as AddressInfo).port, 15);
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  const beganMs = performance.now();
  const answered = text(socket);
  const lines = Array.from({ length: 500 }, (_, number) => `${number}\n`);
  for (const line of lines) socket.write(line);
  socket.end();
  expect(await answered).toBe(lines.join(""));
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(30);
  await proxy.close();
  echo.close();
});
