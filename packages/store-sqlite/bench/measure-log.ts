/**
 * How fast is the log on this machine? `pnpm --filter @rsync/store-sqlite bench [rows] [folder]`: appends for 3 seconds with
 * each number of callers (processor time is that of all threads), then fills a log to so many rows (default 1,000,000), opens it
 * again and reads it. Ids are time-ordered unless BENCH_IDS=random. Put the folder on the disk that you mean; a temporary folder
 * may be memory.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalBytes, type OwnAppend, type ReceiptStore } from "@rsync/core";
import { sqliteStore } from "../src/index.ts";

const [rowsText = "1000000", folder = tmpdir()] = process.argv.slice(2);
const rowsWanted = Number(rowsText);
const randomIds = process.env["BENCH_IDS"] === "random";
const place = mkdtempSync(join(folder, "rsync-bench-"));
const path = join(place, "receipts.db");
const open = () => sqliteStore(path, { regionId: "eu-west-1" });

let made = 0;
function makeAppend(): OwnAppend {
  made += 1;
  const random = randomUUID();
  const ordered = (0x0190_0000_0000 + made).toString(16).padStart(12, "0");
  const receiptId = randomIds ? random : `${ordered.slice(0, 8)}-${ordered.slice(8)}-7${random.slice(15)}`;
  const fields = { receiptId, transactionId: random, ticks: made, spanId: BigInt(made) << 32n };
  const receipt = { ...fields, hash: createHash("sha256").update(random).digest(), committed: true };
  const digest = createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
  return { kind: "own", receipt, digest, timestamp: "2025-11-16T12:00:00.000Z" };
}

async function measureAppends(store: ReceiptStore, callers: number, batch: number): Promise<void> {
  const prepared = Array.from({ length: 200_000 }, makeAppend);
  const latencies: number[] = [];
  const cpuBegun = process.cpuUsage();
  const begun = performance.now();
  const until = begun + 3000;
  const call = async (): Promise<void> => {
    while (performance.now() < until && prepared.length >= batch) {
      const items = prepared.splice(-batch);
      const sent = performance.now();
      await store.append(items);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const perSecond = (latencies.length * batch * 1000) / (performance.now() - begun);
  const { user, system } = process.cpuUsage(cpuBegun);
  const cpuMicros = (user + system) / (latencies.length * batch);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
  console.log(
    `${callers} callers, ${batch} at a time: ${perSecond.toFixed(0)} receipts/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${cpuMicros.toFixed(1)} µs of processor time each`,
  );
}

async function timed<Value>(what: string, run: () => Promise<Value>): Promise<Value> {
  const begun = performance.now();
  const value = await run();
  console.log(`${what}: ${(performance.now() - begun).toFixed(0)} ms`);
  return value;
}

async function fill(store: ReceiptStore): Promise<void> {
  let walBytesMax = 0;
  while ((await store.count()).rows < rowsWanted) {
    await store.append(Array.from({ length: 1000 }, makeAppend));
    walBytesMax = Math.max(walBytesMax, statSync(`${path}-wal`).size);
  }
  console.log(`write-ahead log at its largest: ${(walBytesMax / 2 ** 20).toFixed(0)} MiB`);
}

async function readAll(store: ReceiptStore): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await store.list({ after, ownOnly: true, rowsMax: 1000, bytesMax: 1e9 });
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}

try {
  let store = await timed("opening a new log", open);
  for (const callers of [1, 8, 64, 256]) await measureAppends(store, callers, 1);
  await measureAppends(store, 8, 100);
  await timed(`filling to ${rowsWanted} rows`, () => fill(store));
  await timed("closing", () => store.close());
  console.log(`file: ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`);
  store = await timed("opening it again", open);
  await timed("counting what is owed after the middle", () => store.countOwnAfter(rowsWanted / 2));
  await timed("reading all of it", () => readAll(store));
  await timed("closing", () => store.close());
} finally {
  rmSync(place, { recursive: true, force: true });
}
