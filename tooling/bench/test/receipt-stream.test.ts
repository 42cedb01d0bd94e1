import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { makeReceipt } from "../src/load/make-receipt.ts";
import { ReceiptStream } from "../src/sidecar/receipt-stream.ts";

/** Answers each line as soon as it has come, the third one with a refusal. */
async function startServer() {
  const server = createServer(async (request, response) => {
    let line = 0;
    for await (const _ of createInterface({ input: request })) {
      line += 1;
      response.write(
        `${JSON.stringify(line === 3 ? { line, status: 409 } : { line, status: 200, outcome: "committed" })}\n`,
      );
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("whoever submitted learns of its own receipts, while the stream stays open", async () => {
  const { server, url } = await startServer();
  const stream = new ReceiptStream(url);
  await stream.submit([makeReceipt("v7"), makeReceipt("v7")]);
  await expect(stream.submit([makeReceipt("v7")])).rejects.toThrow("409");
  await stream.submit([makeReceipt("v7")]);
  await stream.close();
  server.close();
});
