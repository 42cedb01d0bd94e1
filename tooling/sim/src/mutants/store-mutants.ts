/** Bugs of a store, planted in the model that stands for every store. */
import type { Mutant } from "./mutant.ts";

const QUEUE = "packages/testkit/src/simulator/disk/commit-queue.ts";
const STORE = "packages/testkit/src/simulator/disk/model-store.ts";
const LOG = "packages/core/src/log/memory-log.ts";
const APPEND = "packages/core/src/log/decide-append.ts";

export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: "acknowledge before fsync",
    file: QUEUE,
    find: "    await wait(draw.number(fsyncMs));\n",
    replace:
      "    for (const { command, resolve } of commits) resolve(carryOut(this.#log, command));\n    await wait(draw.number(fsyncMs));\n",
  },
  {
    name: "acknowledge before writing",
    file: QUEUE,
    find: "    await wait(draw.number(writeMs));\n",
    replace:
      "    for (const { command, resolve } of commits) resolve(carryOut(this.#log, command));\n    await wait(draw.number(writeMs));\n",
  },
  {
    name: "go on after a failed fsync",
    file: QUEUE,
    find: '    if (this.#disk.fsync(draw) === "failed") return this.#fail(commits);\n',
    replace: "    this.#disk.fsync(draw);\n",
  },
  {
    name: "take a full disk for a success",
    file: QUEUE,
    find: 'reject(new StoreError("full", "The disk is full; nothing was stored"));',
    replace: "void reject;",
  },
  {
    name: "answer before the epoch row is fsynced",
    file: STORE,
    find: "  await makeDurable(disk, opening, host, draw.number(fsyncMs));\n",
    replace: "  disk.write(opening, host.draw);\n",
  },
  {
    name: "begin no epoch at an opening",
    file: STORE,
    find: '  opening.push({ kind: "open", epoch: randomId() });\n',
    replace: '  if (found === undefined) opening.push({ kind: "open", epoch: randomId() });\n',
  },
  {
    name: "begin no epoch where a store stops voting",
    file: LOG,
    find: '    this.#voting = "refilling";\n    this.#beginEpoch(epoch);\n',
    replace: '    this.#voting = "refilling";\n    void epoch;\n',
  },
  {
    name: "overwrite on conflict",
    file: APPEND,
    find: '      return { kind: "conflict", held };\n',
    replace: '      return { kind: "insert", result: "stored", committed: offer.committed };\n',
  },
  {
    name: "take other content for a duplicate",
    file: APPEND,
    find: '      return { kind: "conflict", held };\n',
    replace: '      return { kind: "duplicate", held };\n',
  },
  {
    name: "reuse a sequence number",
    file: LOG,
    find: "    this.#sequence += 1;\n",
    replace: "    this.#sequence = Math.max(1, this.#sequence + (this.#rows.length % 3 === 2 ? 0 : 1));\n",
  },
  {
    name: "do not store an upgrade",
    file: APPEND,
    find: '      return { kind: "insert", result: "upgraded", committed: true };\n',
    replace: '      return { kind: "duplicate", held: { ...held, committed: true } };\n',
  },
  {
    name: "owe no region what another region brought first",
    file: APPEND,
    find: "      if (offer.own && !rows.some((row) => row.own && row.committed === held.committed)) {\n",
    replace: "      if (offer.own && rows.length === 0) {\n",
  },
];
