/** Bugs in delivering: what is lost, cut short, or said too early. */
import type { Mutant } from "./mutant.ts";

const LANE = "packages/core/src/lane/lane.ts";
const STEP = "packages/core/src/lane/step-lane.ts";
const FAIL = "packages/core/src/lane/fail-flight.ts";
const DISPATCH = "packages/core/src/lane/dispatch.ts";
const HEALTH = "packages/core/src/lane/health.ts";
const QUEUE = "packages/core/src/lane/position-queue.ts";
const UNREAD = "packages/core/src/lane/unread-ranges.ts";
const WRITE = "packages/node/src/write-dead-letters.ts";
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
    find: '    else if (kind !== "replay") owed(items[0]?.position);\n',
    replace: "",
  },
  {
    name: "the cursor passes a row that is being buried",
    file: LANE,
    find: "  for (const { item } of lane.burying.values()) if (!item.replay) owed(item.position);\n",
    replace: "",
  },
  {
    name: "drop at the last attempt",
    file: FAIL,
    find: "  for (const item of items) {\n    if (item.live) {\n",
    replace: "  for (const item of items) {\n    if (item.attempts > 3) continue;\n    if (item.live) {\n",
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
    name: "more requests than the window",
    file: DISPATCH,
    find: "  return rows < window && (flights.size < turns || rows === 0);",
    replace: "  return rows < window + 3 && (flights.size < turns || rows === 0);",
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
    file: WRITE,
    find: "    await store.bury([{ ...key,",
    replace: "    void ([{ ...key,",
  },
  {
    name: "cancel late sends",
    file: DELIVER,
    find: '    return { event: { kind: "replied", id, outcomes }, storeId };\n',
    replace:
      '    if (lane.around.clock.monotonicMs() % 5 < 1) return new Promise(() => {});\n    return { event: { kind: "replied", id, outcomes }, storeId };\n',
  },
  {
    name: "take any reply for an acknowledgement",
    file: DELIVER,
    find: '  if (verdict.kind === "fault") return { kind: "failed", fault: verdict.fault };\n',
    replace: "",
  },
  {
    name: "take a refusal that nobody proved",
    file: DELIVER,
    find: "  if (!proven || storeId === undefined || item === undefined) {",
    replace: "  if (storeId === undefined || item === undefined) {",
  },
  {
    name: "send before the commit",
    file: SYNC,
    find: "    const [appended] = await append(engine, [submission]);\n",
    replace:
      '    const { store, config } = engine.around;\n    const record = { ...receipt, digest, timestamp: "", sourceRegion: config.region, sourceStore: undefined, sourceSeq: undefined };\n    for (const lane of engine.lanes.values()) lane.appended({ position: store.introduction().store.position + 1, own: true, record });\n    const [appended] = await append(engine, [submission]);\n',
  },
  {
    name: "count dead letters of a store that is gone",
    file: LETTERS,
    find: '      if (storeId !== peers.storeOf(regionId) || letter.status === "resolved") continue;\n',
    replace: '      if (letter.status === "resolved") continue;\n',
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
    find: '  if (lane.health.kind !== "healthy") return mayProbe(lane) ? "probe" : undefined;\n',
    replace: '  if (lane.health.kind !== "healthy") return undefined;\n',
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
    find: '      if (result.kind === "conflict") return this.#conflict(record, result.held, sender);\n',
    replace:
      '      if (result.kind === "conflict") return { kind: "acknowledged", digest: record.digest, committed: record.committed };\n',
  },
  {
    name: "acknowledge what is offered, not what is held",
    file: RECEIVER,
    find: "committed: committedIn(result) };",
    replace: "committed: true || committedIn(result) };",
  },
  {
    name: "acknowledge before storing",
    file: RECEIVER,
    find: '    const results = await this.#store.append(records.map((record) => ({ kind: "foreign", record })));\n',
    replace:
      '    const results = await Promise.race([this.#store.append(records.map((record) => ({ kind: "foreign", record }))), records.map((record) => ({ kind: "stored", row: { position: 0, own: false, record } }))]);\n',
  },
  {
    name: "answer without looking at the sender's echo",
    file: RECEIVER,
    find: "    if (this.#with.isPeer(from)) await ownStore.check(from.regionId, seen);\n    else if (",
    replace: "    if (",
  },
  {
    name: "a failure introduces a store that could not write down its loss",
    file: RECEIVER,
    find: "const heeded = this.#with.current().ownStore.heeded(seen);",
    replace: "const heeded = seen !== null;",
  },
  {
    name: "a region that shows another opening while it is greeted is not greeted again",
    file: "packages/node/src/greetings.ts",
    find: "    if (this.#under.has(regionId)) this.#again.add(regionId);\n    else this.again(regionId);\n",
    replace: "    this.again(regionId);\n",
  },
  {
    name: "a region that is heard is greeted as seldom as one that is away",
    file: "packages/node/src/greetings.ts",
    find: "    this.#unreached.delete(regionId);\n    if (this.#under",
    replace: "    if (this.#under",
  },
  {
    name: "believe only senders whose store is pinned",
    file: "packages/node/src/peer-registry.ts",
    find: "if (this.regionNamed(from.regionId) !== undefined) return true;",
    replace:
      "if (this.markOf(this.regionNamed(from.regionId) ?? from.regionId)?.storeId === from.store.storeId) return true;",
  },
];
