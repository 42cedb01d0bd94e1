/** Bugs in batches: in making them, in matching what is said of their receipts, and in sharing requests among lanes. */
import type { Mutant } from "./mutant.ts";

const BATCHING = "packages/core/src/lane/batching.ts";
const DISPATCH = "packages/core/src/lane/dispatch.ts";
const SETTLE = "packages/core/src/lane/settle-flight.ts";
const HEALTH = "packages/core/src/lane/health.ts";
const REPLIES = "packages/core/src/evidence/batch-replies.ts";
const RETRY = "packages/core/src/evidence/retry-table.ts";
const DELIVER = "packages/node/src/deliver.ts";
const RECEIVER = "packages/node/src/receiver.ts";
const SHARED = "packages/node/src/turns.ts";

export const BATCH_MUTANTS: readonly Mutant[] = [
  {
    name: "two rows of an id in one request",
    file: DISPATCH,
    find: "    if (ids.has(receiptId)) break;\n",
    replace: "",
  },
  {
    name: "a request of any number of bytes",
    file: DISPATCH,
    find: "    if (items.length > 0 && bytes + item.bytes > rules.requestBytesMax) break;\n",
    replace: "",
  },
  {
    name: "more connections to regions that know batches too",
    file: DISPATCH,
    find: "takesSingles(lane.batching, nowMs) && lane.window >= rules.windowMax",
    replace: "lane.window >= rules.windowMax",
  },
  {
    name: "a missing item counts as acknowledged",
    file: DELIVER,
    find: "  if (reply === undefined) return undefined;\n",
    replace: "  if (reply === undefined) return ACKNOWLEDGED;\n",
  },
  {
    name: "a missing item is dropped",
    file: SETTLE,
    find: "      failures.push({ item, fault: outcome?.fault ?? UNANSWERED });\n",
    replace: "      if (outcome !== undefined) failures.push({ item, fault: outcome.fault });\n",
  },
  {
    name: "a repeated item counts",
    file: REPLIES,
    find: '    named.set(receiptId, named.has(receiptId) ? "repeated" : reply);\n',
    replace: "    named.set(receiptId, reply);\n",
  },
  {
    name: "match items by their place instead of their id",
    file: REPLIES,
    find: "  return inOrder(records, replies) ?? byId(records, replies);\n",
    replace: "  return records.map((_, index) => replies[index]);\n",
  },
  {
    name: "a refusal of other content counts",
    file: REPLIES,
    find: '  return reply.kind === "acknowledged" || reply.digest === undefined || reply.digest === digest;\n',
    replace: "  return digest.length > 0;\n",
  },
  {
    name: "one refused item refuses all",
    file: DELIVER,
    find: "    const outcomes = items.map((item, index) => outcomeOf(item, exchanged.reply[index], replied));\n",
    replace:
      '    const each = items.map((item, index) => outcomeOf(item, exchanged.reply[index], replied));\n    const refusal = each.find((outcome) => outcome?.kind === "refused");\n    const outcomes = refusal === undefined ? each : each.map(() => refusal);\n',
  },
  {
    name: "one failed item fails none",
    file: DELIVER,
    find: '    return { kind: "failed", fault };\n',
    replace: "    return ACKNOWLEDGED;\n",
  },
  {
    name: "acknowledge a batch before its commit",
    file: RECEIVER,
    find: '    const results = await this.#store.append(records.map((record) => ({ kind: "foreign", record })));\n',
    replace:
      '    const storing = this.#store.append(records.map((record) => ({ kind: "foreign", record })));\n    const results = records.length > 1 ? records.map((record) => ({ kind: "stored", row: { position: 0, own: false, record } })) : await storing;\n',
  },
  {
    name: "a batch that is too large is refused",
    file: RETRY,
    find: '    if (status === 413) return "split";\n',
    replace: '    if (status === 413) return "refusal";\n',
  },
  {
    name: "what was too large is lost",
    file: SETTLE,
    find: '  else if (kind !== "trial") requeue(lane, items);\n',
    replace: '  else if (kind !== "trial") requeue(lane, items.length > 1 ? [] : items);\n',
  },
  {
    name: "a batch that is too large is sent again as it was",
    file: BATCHING,
    find: "receiptsMax: Math.min(knownMax, Math.ceil(receipts / 2)), fullInARow: 0 };",
    replace: "receiptsMax: Math.min(knownMax, receipts), fullInARow: 0 };",
  },
  {
    name: "a region that knows no batches is paused",
    file: RETRY,
    find: '    if (status === 404 || status === 405) return "singles";\n',
    replace: "",
  },
  {
    name: "one receipt per request for ever",
    file: BATCHING,
    find: '  return batching.kind === "singles" && nowMs >= batching.untilMs ? Number.POSITIVE_INFINITY : 1;\n',
    replace: "  return nowMs > 0 ? 1 : Number.POSITIVE_INFINITY;\n",
  },
  {
    name: "rest for as long as a region asks",
    file: HEALTH,
    find: "Math.min(askedMs, RETRY_AFTER_MAX_MS)",
    replace: "askedMs",
  },
  {
    name: "a lane that never gets a turn",
    file: DISPATCH,
    find: "(flights.size < turns || rows === 0);",
    replace: "flights.size < turns - 1;",
  },
  {
    name: "share no limit among lanes",
    file: SHARED,
    find: "    if (left >= windowMax && left >= singlesWindowMax) return left;\n",
    replace: "    if (left >= windowMax || requestsInFlightMax > 0) return singlesWindowMax + windowMax;\n",
  },
];
