/** Many receipts in one request, one result line each. */
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, it } from "vitest";
import { call, receiptPath, submitLines } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();
let sidecar: SidecarProcess;

beforeAll(async () => {
  const config = folder.write("config.json", {
    listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
    store: `sqlite:${folder.file("receipts.db")}`,
  });
  sidecar = await startSidecar(["--config", config]);
});

/** A stream that the test writes and reads piece by piece. */
function openStream(): {
  readonly write: (text: string) => boolean;
  readonly end: () => void;
  readonly abort: () => void;
  readonly lines: AsyncGenerator<Readonly<Record<string, unknown>>, void>;
} {
  const headers = { "content-type": "application/x-ndjson" };
  const outgoing = request(`${sidecar.app}/api/v1/receipts`, { method: "POST", headers });
  const responded = once(outgoing, "response");
  responded.catch(() => undefined);
  outgoing.on("error", () => undefined);
  outgoing.flushHeaders();
  async function* lines(): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
    const [response] = await responded;
    for await (const line of createInterface({ input: response })) yield JSON.parse(line);
  }
  return {
    write: (text) => outgoing.write(text),
    end: () => outgoing.end(),
    abort: () => outgoing.destroy(),
    lines: lines(),
  };
}

async function countHeld(): Promise<number> {
  return Number((await call(sidecar.app, "/api/v1/region")).json["position"]);
}

describe("a stream of receipts", () => {
  it("answers each line in order, bad ones with what is wrong, and goes on", async () => {
    const results = await submitLines(sidecar.app, [
      receiptText("line-1"),
      "not json",
      "",
      receiptText("line-4", { ticks: "-1" }),
      receiptText("line-1", { ticks: "7" }),
      " ".repeat(100_000) + receiptText("line-6"),
      `${receiptText("line-7")}\r`,
      receiptText("line-8", { span_id: "18446744073709551615" }),
    ]);
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [1, 200],
      [2, 400],
      [4, 422],
      [5, 409],
      [6, 413],
      [7, 200],
      [8, 200],
    ]);
    expect(results[0]).toMatchObject({ receipt_id: "line-1", outcome: "disabled", total_regions: 0 });
    expect(results[2]).toMatchObject({
      type: "urn:receipt-sync:problem:invalid-receipt",
      errors: [expect.objectContaining({ field: "ticks" })],
    });
    expect((await call(sidecar.app, receiptPath("line-8"))).text).toContain('"span_id":18446744073709551615,');
  });

  it("takes 10,000 lines", async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => receiptText(`many-${index + 1}`));
    const results = await submitLines(sidecar.app, lines);
    expect(results.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(results.at(-1)).toMatchObject({ receipt_id: "many-10000" });
  });

  it("answers a line as soon as it is done, while the stream stays open", async () => {
    const stream = openStream();
    for (const number of [1, 2, 3]) {
      stream.write(`${receiptText(`talk-${number}`)}\n`);
      const { value } = await stream.lines.next();
      expect(value).toMatchObject({ line: number, receipt_id: `talk-${number}`, status: 200 });
    }
    stream.write(receiptText("talk-4"));
    stream.end();
    expect((await stream.lines.next()).value).toMatchObject({ line: 4, receipt_id: "talk-4" });
    expect((await stream.lines.next()).done).toBe(true);
  });

  it("stops reading while nobody reads the results", async () => {
    const before = await countHeld();
    const stream = openStream();
    // Sockets buffer megabytes of results; what is wrong in a line of three bytes takes most of a kilobyte to tell.
    const groups = 600;
    for (let group = 1; group <= groups; group += 1) {
      stream.write(`${receiptText(`stalled-${group}`)}\n${"{}\n".repeat(50)}`);
    }
    stream.end();
    const settled = await until(countHeld, stoppedGrowing());
    expect(settled - before).toBeLessThan(groups);
    // What it has not read yet it takes as soon as results are read again.
    let results = 0;
    for await (const { line } of stream.lines) {
      results += 1;
      if (line !== results) throw new Error(`line ${line} after ${results - 1}`);
    }
    expect(results).toBe(groups * 51);
    expect((await countHeld()) - before).toBe(groups);
  });

  it("ends its part when the client goes away, and keeps what it took", async () => {
    const stream = openStream();
    stream.write(`${receiptText("gone-1")}\n${receiptText("gone-2")}\n{"receipt_id":"gone-3"`);
    await stream.lines.next();
    await stream.lines.next();
    stream.abort();
    expect((await submitLines(sidecar.app, [receiptText("gone-1")]))[0]).toMatchObject({ status: 200 });
    expect((await call(sidecar.app, receiptPath("gone-2"))).status).toBe(200);
    expect((await call(sidecar.app, receiptPath("gone-3"))).status).toBe(404);
  });
});

/** True once the same number came ten times in a row. */
function stoppedGrowing(): (value: number) => boolean {
  let last = Number.NaN;
  let times = 0;
  return (value) => {
    times = value === last ? times + 1 : 0;
    last = value;
    return times >= 10;
  };
}
