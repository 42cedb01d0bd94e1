/** A log that may not grow beyond its limit. */
import { expect, it } from "vitest";
import { call, submit, submitLines } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();

it("is full at storeBytesMax: 507, reading goes on, and more room is taken at the next start", async () => {
  const environment = {
    RSYNC_LISTEN_APP: "127.0.0.1:0",
    RSYNC_LISTEN_PEER: "127.0.0.1:0",
    RSYNC_STORE: `sqlite:${folder.file("limited.db")}`,
  };
  const limited = await startSidecar([], { ...environment, RSYNC_STORE_BYTES_MAX: "1048576" });
  const lines = Array.from({ length: 8_000 }, (_, index) => receiptText(`r-${index}`));
  const results = await submitLines(limited.app, lines);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set([200, 507]));
  expect(results.find(({ status }) => status === 507)).toMatchObject({ type: "urn:receipt-sync:problem:store-full" });
  expect((await call(limited.app, "/api/v1/receipts/r-0")).status).toBe(200);
  expect(await limited.end("SIGTERM")).toMatchObject({ code: 0 });
  const larger = await startSidecar([], { ...environment, RSYNC_STORE_BYTES_MAX: "10000000" });
  expect((await submit(larger.app, lines.at(-1) ?? "")).status).toBe(200);
});
