/** The threads of a store: who starts them, what if one dies, and that they keep nothing alive. */

import { ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeArguments, startProcess } from "./start-process.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

const workerUrl = new URL("dying-process.ts", import.meta.url);

it("acknowledges nothing more once its writing thread died, and goes on reading", async () => {
  const store = await log.open({ workerUrl });
  await store.append([own("a")]);
  await expect(store.append([own("b")])).rejects.toMatchObject({ kind: "failed" });
  expect(await store.failure).toMatchObject({ kind: "failed", message: expect.stringContaining("writer thread") });
  await expect(store.append([own("c")])).rejects.toMatchObject({ kind: "failed" });
  expect(await store.get("a")).toBeDefined();
  await store.close();
  expect(await (await log.open()).count()).toMatchObject({ rows: 1 });
});

it("says so when its reading thread died", async () => {
  const store = await log.open({ workerUrl });
  await store.peers();
  await expect(store.peers()).rejects.toMatchObject({ kind: "failed" });
  expect(await store.failure).toMatchObject({ message: expect.stringContaining("reader thread") });
});

it("notices a thread that dies while nobody asks it anything", async () => {
  // Without timers, so that no background check asks it either.
  const store = await log.open({ workerUrl, schedule: () => () => undefined });
  expect(await store.deadLetters({ limit: 1 })).toEqual([]);
  expect(await store.failure).toMatchObject({ kind: "failed", message: expect.stringContaining("reader thread") });
  await expect(store.append([own("a")])).rejects.toMatchObject({ kind: "failed" });
});

it("runs its threads from the program's own file where that is all there is", async () => {
  const running = startProcess(process.execPath, nodeArguments("one-file-process.ts", log.path));
  await running.ended;
  expect(running.lines).toEqual(['{"own":true}']);
  expect(running.child.exitCode).toBe(0);
});

it("lets a process end that forgot to close it, once everything was answered", async () => {
  const running = startProcess(process.execPath, nodeArguments("forgetful-process.ts", log.path));
  await running.ended;
  expect(running.lines).toEqual(["stored"]);
  expect(running.child.exitCode).toBe(0);
  expect(await (await log.open()).count()).toMatchObject({ rows: 1 });
});
