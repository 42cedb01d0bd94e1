/** Bugs in delivering: what is lost, cut short, or said too early. */
import type { Mutant } from "./mutant.ts";

const LANE = "packages/core/src/lane/lane.ts";
const STEP = "packages/core/src/lane/step-lane.ts";
const DISPATCH = "packages/core/src/lane/dispatch.ts";
const HEALTH = "packages/core/src/lane/health.ts";
const QUEUE = "packages/core/src/lane/position-queue.ts";
const UNREAD = "packages/core/src/lane/unread-ranges.ts";
const BURIALS = "packages/node/src/write-dead-letters.ts";
const DELIVER = "packages/node/src/deliver.ts";
const SYNC = "packages/node/src/sync-receipt.ts";
const LETTERS = "packages/node/src/dead-letter-votes.ts";
const BEGIN = "packages/node/src/begin-wait.ts";
const START = "packages/node/src/start-engine.ts";
const RUNNING = "packages/node/src/running.ts";
const RECEIVER = "packages/node/src/receiver.ts";

export const DELIVERY_MUTANTS: readonly Mutant[] = [
  {
    name: "forget the cursor's rows after a restart",
    file: LANE,
    find: "    unread: new UnreadRanges({ after: cursor, through: end }),\n    reading",
    replace: "    unread: new UnreadRanges({ after: end, through: end }),\n    reading",
  },
  {
    name: "the cursor passes what is in flight",
    file: LANE,
    find: "  for (const flight of lane.flights.values()) for (const item of flight.items) owed(item.position);\n",
    replace: "",
  },
  {
    name: "the cursor passes a row that is being buried",
    file: LANE,
    find: "  for (const { item } of lane.burying.values()) owed(item.position);\n",
    replace: "",
  },
  {
    name: "drop at the last attempt",
    file: STEP,
    find: "function giveBack(lane: Lane, items: readonly LaneItem[]): void {\n  for (const item of items) {\n",
    replace:
      "function giveBack(lane: Lane, items: readonly LaneItem[]): void {\n  for (const item of items) {\n    if (item.attempts > 3) continue;\n",
  },
  {
    name: "drop what memory has no room for",
    file: STEP,
    find: "    lane.unread.leave(row.position);\n",
    replace: "",
  },
  {
    name: "a new store is owed nothing",
    file: STEP,
    find: "  lane.unread = new UnreadRanges({ after: cursor, through: lane.end });\n",
    replace: "  lane.unread = new UnreadRanges({ after: lane.end, through: lane.end });\n",
  },
  {
    name: "one more request than the window",
    file: DISPATCH,
    find: "lane.flights.size < windowOf(lane) &&",
    replace: "lane.flights.size <= windowOf(lane) &&",
  },
  {
    name: "never probe again",
    file: HEALTH,
    find: '  return health.kind === "healthy" || health.kind === "probing" ? undefined : health.untilMs;',
    replace: '  return health.kind !== "backingOff" ? undefined : health.untilMs;',
  },
  {
    name: "a failure rests for ever",
    file: HEALTH,
    find: "    const untilMs = Math.max(nowMs + cooldownMs(rules, opened, random), notBeforeMs);\n    return",
    replace:
      "    const untilMs = Math.max(nowMs + 1_000 * cooldownMs(rules, opened, random), notBeforeMs);\n    return",
  },
  {
    name: "what comes back goes to the end of the queue",
    file: QUEUE,
    find: "    const earlier: Item[] = [];\n",
    replace:
      "    if (this.size > 0) {\n      this.#items.push(item);\n      return;\n    }\n    const earlier: Item[] = [];\n",
  },
  {
    name: "what was read is not crossed out",
    file: UNREAD,
    find: "        { after: Math.max(range.after, through), through: range.through },\n",
    replace: "",
  },
  {
    name: "bury without a dead letter",
    file: BURIALS,
    find: "    await store.bury([",
    replace: "    void ([",
  },
  {
    name: "cancel late sends",
    file: DELIVER,
    find: '    return {\n      event: { kind: "replied", id, outcomes: [{ kind: "acknowledged" }] },',
    replace:
      '    if (lane.around.clock.monotonicMs() % 5 < 1) return new Promise(() => {});\n    return {\n      event: { kind: "replied", id, outcomes: [{ kind: "acknowledged" }] },',
  },
  {
    name: "take any reply for an acknowledgement",
    file: DELIVER,
    find: '    if (verdict.kind === "fault")\n',
    replace: '    if (verdict.kind === "fault" && Math.abs(0) > 1)\n',
  },
  {
    name: "take a refusal that nobody proved",
    file: DELIVER,
    find: "  if (!exchanged.proven || storeId === undefined) {",
    replace: "  if (storeId === undefined) {",
  },
  {
    name: "send before the commit",
    file: SYNC,
    find: "  const [appended] = await store.append([",
    replace:
      '  if (config.crossRegionSyncEnabled) {\n    const record = { ...receipt, digest, timestamp: "", sourceRegion: config.region, sourceStore: undefined, sourceSeq: undefined };\n    for (const lane of engine.lanes.values()) lane.appended({ position: store.introduction().store.position + 1, own: true, record });\n  }\n  const [appended] = await store.append([',
  },
  {
    name: "count dead letters of any content",
    file: LETTERS,
    find: "      if (letter.digest !== digest || letter.committed !== committed || !lanes.has(regionId)) continue;\n",
    replace: "      if (!lanes.has(regionId)) continue;\n",
  },
  {
    name: "take a cursor for a vote",
    file: BEGIN,
    find: "  tellOfTroubledLanes(engine, wait);\n",
    replace:
      '  for (const [regionId, lane] of engine.lanes) {\n    const { storeId, position } = lane.cursor;\n    const atMs = engine.around.clock.monotonicMs();\n    if (position > 0) engine.waits.tell(wait, { kind: "confirmed", regionId, storeId, durability: "fsync", atMs });\n  }\n  tellOfTroubledLanes(engine, wait);\n',
  },
  {
    name: "count a region because it sent something",
    file: BEGIN,
    find: "  tellOfTroubledLanes(engine, wait);\n",
    replace:
      '  for (const [regionId, lane] of engine.lanes) {\n    const storeId = engine.peers.storeOf(regionId);\n    const atMs = engine.around.clock.monotonicMs();\n    if (lane.health.kind === "healthy") engine.waits.tell(wait, { kind: "confirmed", regionId, storeId, durability: "fsync", atMs });\n  }\n  tellOfTroubledLanes(engine, wait);\n',
  },
  {
    name: "notice a recovery only by traffic",
    file: DISPATCH,
    find: "      probe(lane, commands);\n",
    replace: "",
  },
  {
    name: "tell nobody of the own store's new name",
    file: START,
    find: "      listener.ownStoreChanged();\n",
    replace: "",
  },
  {
    name: "keep the cursor for another store",
    file: START,
    find: "cursor.regionId === regionId && cursor.storeId === storeId)",
    replace: "cursor.regionId === regionId)",
  },
  {
    name: "save cursors before the marks that they stand on",
    file: RUNNING,
    find: "      await this.#current.started.engine.peers.flush();\n      if (cursors.length > 0) await store.saveCursors(cursors);\n",
    replace:
      "      if (cursors.length > 0) await store.saveCursors(cursors);\n      await this.#current.started.engine.peers.flush();\n",
  },
  {
    name: "never save the marks of other stores",
    file: RUNNING,
    find: "      await this.#current.started.engine.peers.flush();\n      if",
    replace: "      if",
  },
  {
    name: "acknowledge a conflict",
    file: RECEIVER,
    find: '    return { kind: "conflict", held, offered: { digest, committed } };',
    replace: '    return { kind: "acknowledged", digest, committed };',
  },
  {
    name: "acknowledge what is offered, not what is held",
    file: RECEIVER,
    find: "digest: record.digest, committed: committedIn(result) };",
    replace: "digest: record.digest, committed: true || committedIn(result) };",
  },
  {
    name: "acknowledge before storing",
    file: RECEIVER,
    find: "    const results = await this.#store.append(",
    replace:
      '    void this.#store.append(records.map((record) => ({ kind: "foreign", record }))).catch(() => {});\n    if (items.length > 0) return records.map(({ digest, committed }) => ({ kind: "acknowledged", digest, committed }));\n    const results = await this.#store.append(',
  },
  {
    name: "answer without looking at the sender's echo",
    file: RECEIVER,
    find: "    if (this.#with.isPeer(from)) await this.#with.current().ownStore.check(from.regionId, seen);\n",
    replace: "",
  },
  {
    name: "a failure introduces a store that could not write down its loss",
    file: RECEIVER,
    find: "const heeded = !believed ||",
    replace: "const heeded = seen !== null ||",
  },
  {
    name: "believe only senders whose store is pinned",
    file: "packages/node/src/peer-registry.ts",
    find: "if (this.regionNamed(from.regionId) !== undefined) return true;",
    replace:
      "if (this.markOf(this.regionNamed(from.regionId) ?? from.regionId)?.storeId === from.store.storeId) return true;",
  },
];
