/** Bugs in finding poison, and in what becomes of dead letters. */
import type { Mutant } from "./mutant.ts";

const LANE = "packages/core/src/lane/lane.ts";
const DISPATCH = "packages/core/src/lane/dispatch.ts";
const SETTLE = "packages/core/src/lane/settle-flight.ts";
const SUSPICION = "packages/core/src/lane/suspicion.ts";
const RETRY = "packages/core/src/evidence/retry-table.ts";
const WRITE = "packages/node/src/write-dead-letters.ts";
const RETRIES = "packages/node/src/poison-retries.ts";
const VOTES = "packages/node/src/dead-letter-votes.ts";
const RUNNING = "packages/node/src/running.ts";

export const LETTER_MUTANTS: readonly Mutant[] = [
  {
    name: "the cursor passes suspects",
    file: LANE,
    find: "  for (const { position } of lane.suspicion?.items ?? []) owed(position);\n",
    replace: "",
  },
  {
    name: "the cursor passes suspects that are tried",
    file: LANE,
    find: '    if (kind === "trial") for (const { position } of items) owed(position);\n    else if (kind !== "replay")',
    replace: '    if (kind !== "trial" && kind !== "replay")',
  },
  {
    name: "a failed trial counts without proof that the region is well",
    file: SUSPICION,
    find: "  suspicion.unproven = failed;\n",
    replace:
      "  suspicion.unproven = failed;\n  if (failed !== undefined && suspicion.trialMax <= 1) suspicion.strikes = Math.min(2, suspicion.strikes + 1);\n",
  },
  {
    name: "every success of others counts against a suspect",
    file: SUSPICION,
    find: "  if (suspicion.unproven === undefined || id < suspicion.unproven.nextId) return undefined;\n  const { fault } = suspicion.unproven;\n",
    replace: '  const { fault } = suspicion.unproven ?? { fault: { kind: "timeout", timeoutMs: id } };\n',
  },
  {
    name: "a region that is down condemns what it was sent",
    file: RETRY,
    find: '    case "unreachable":\n    case "aborted":\n      return false;\n',
    replace: '    case "unreachable":\n    case "aborted":\n      return true;\n',
  },
  {
    name: "the first of a trial is condemned for all of it",
    file: SUSPICION,
    find: "  if (suspicion.trialMax > 1) {\n    suspicion.trialMax = Math.ceil(suspicion.trialMax / 2);\n    return undefined;\n  }\n",
    replace: "",
  },
  {
    name: "one failed trial makes poison",
    file: SUSPICION,
    find: "const STRIKES_OF_ONE = 3;",
    replace: "const STRIKES_OF_ONE = 1;",
  },
  {
    name: "poison is dropped instead of buried",
    file: SETTLE,
    find: '  bury(lane, parked.item, parked.fault, "poison", commands);\n',
    replace: "",
  },
  {
    name: "poison is buried as a refusal",
    file: SETTLE,
    find: '  bury(lane, parked.item, parked.fault, "poison", commands);\n',
    replace: '  bury(lane, parked.item, parked.fault, "refused", commands);\n',
  },
  {
    name: "poison counts as a refusal",
    file: VOTES,
    find: 'deadLetters({ receiptId, kind: "refused", limit: RECORDS_MAX })',
    replace: "deadLetters({ receiptId, limit: RECORDS_MAX })",
  },
  {
    name: "only one poison is ever parked",
    file: SETTLE,
    find: "  lane.parkedInVain = false;\n  lane.doubted = false;\n",
    replace: "  lane.doubted = false;\n",
  },
  {
    name: "suspects wait for others to show that the region is well",
    file: DISPATCH,
    find: '  return suspicion.unproven ? "probe" : "trial";\n',
    replace: '  return suspicion.unproven ? undefined : "trial";\n',
  },
  {
    name: "suspects that failed once are not tried again",
    file: SUSPICION,
    find: "  suspicion.items.unshift(...items);\n",
    replace: "",
  },
  {
    name: "a replay resolves without an acknowledgement",
    file: WRITE,
    find: '  if (outcome !== "acknowledged") return;\n',
    replace: '  if (outcome === "dropped") return;\n',
  },
  {
    name: "an acknowledged replay resolves nothing",
    file: WRITE,
    find: '  if (outcome !== "acknowledged") return;\n',
    replace: '  if (outcome !== "dropped") return;\n',
  },
  {
    name: "a discarded refusal is none any more",
    file: VOTES,
    find: 'letter.status === "resolved") continue;',
    replace: 'letter.status !== "open") continue;',
  },
  {
    name: "a resolved refusal still counts",
    file: VOTES,
    find: '      if (storeId !== peers.storeOf(regionId) || letter.status === "resolved") continue;\n',
    replace: "      if (storeId !== peers.storeOf(regionId)) continue;\n",
  },
  {
    name: "an open lane tries the same poison again and again",
    file: DISPATCH,
    find: "  if (!spendsAttempts(lane.health)) return takeProbe(lane, queue);\n",
    replace: "",
  },
  {
    name: "what was sent before a trial failed shows that its rows are to blame",
    file: SUSPICION,
    find: " || id < suspicion.unproven.nextId) return undefined;",
    replace: ") return undefined;",
  },
  {
    name: "poison is tried again only when an operator says so",
    file: RETRIES,
    find: "    this.#scheduleRound(FIRST_RETRY_MS);\n",
    replace: "    void FIRST_RETRY_MS;\n",
  },
  {
    name: "resolve a dead letter before the mark that it stands on is saved",
    file: WRITE,
    find: "    await lane.peers.flush();\n",
    replace: "",
  },
  {
    name: "recent results outlive the stores that they stand on",
    file: RUNNING,
    find: "  #storeChanged(regionId: string, before: string | undefined, after: string): void {\n    this.#recent.forget();\n",
    replace: "  #storeChanged(regionId: string, before: string | undefined, after: string): void {\n",
  },
];
