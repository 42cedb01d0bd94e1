/** Bugs in judging who said what, and what it is worth. */
import type { Mutant } from "./mutant.ts";

const ACK = "packages/core/src/evidence/acknowledgement.ts";
const PEER = "packages/core/src/evidence/peer.ts";
const ECHO = "packages/core/src/evidence/echo.ts";
const RETRY = "packages/core/src/evidence/retry-table.ts";
const TALLY = "packages/core/src/tally/tally.ts";
const VERDICT = "packages/core/src/quorum/verdict.ts";
const QUESTION = "packages/node/src/question.ts";
const REGISTRY = "packages/node/src/peer-registry.ts";
const VOTE = "packages/node/src/vote.ts";

export const EVIDENCE_MUTANTS: readonly Mutant[] = [
  {
    name: "the contents of another receipt pass for this one's",
    file: QUESTION,
    find: "if (reply.receipt.receiptId !== question.receiptId) {",
    replace: "if (reply.receipt.receiptId.length < 1) {",
  },
  {
    name: "accept an acknowledgement for another id",
    file: ACK,
    find: "if (said.receiptId !== asked.receiptId)",
    replace: "if (said.receiptId.length < 1)",
  },
  {
    name: "accept another digest",
    file: ACK,
    find: "said.digest !== asked.digest) {",
    replace: "said.digest.length !== asked.digest.length) {",
  },
  {
    name: "accept an acknowledgement of the uncommitted state",
    file: ACK,
    find: "asked.committed && !said.committed) {",
    replace: "false) {",
  },
  {
    name: "vote while refilling",
    file: ACK,
    find: 'if (refilling) return { kind: "delivered", reason: "refilling", durability };',
    replace: "",
  },
  {
    name: "accept a reply under another region's name",
    file: PEER,
    find: "return from.regionId === expected.regionId ? undefined : regionMismatch(expected.regionId, from.regionId);",
    replace: "return undefined;",
  },
  {
    name: "revive a replaced store",
    file: PEER,
    find: "if (memory.replaced.includes(storeId)) {",
    replace: "if (memory.replaced.length > 1_000_000) {",
  },
  {
    name: "count one store twice",
    file: PEER,
    find: "if (owner !== undefined && owner !== expected.regionId) {",
    replace: 'if (owner === "") {',
  },
  {
    name: "accept a reply that introduces nobody",
    file: PEER,
    find: 'if (memory.mark === undefined && expected.protocol === "auto" && !partial) {',
    replace: "if (!partial) {",
  },
  {
    name: "accept headers that were cut off",
    file: PEER,
    find: 'if (memory.mark === undefined && expected.protocol === "auto" && !partial) {',
    replace: 'if (expected.protocol === "auto") {',
  },
  {
    name: "count the answer of an opening that was not shown what is remembered",
    file: PEER,
    find: "  if (rejected !== undefined) return rejected;",
    replace:
      '  if (rejected?.kind === "rejected" && rejected.fault !== REOPENED) return rejected;\n' +
      '  if (rejected !== undefined) return { kind: "accepted", memory, pin: false, replacedStore: undefined };',
  },
  {
    name: "believe another store that was not shown which one it takes the place of",
    file: PEER,
    find: '    return echoed?.storeId === known.storeId ? undefined : { kind: "rejected", fault: REPLACED, because: "unshown" };',
    replace: "    return undefined;",
  },
  {
    name: "never notice a restored store",
    file: ECHO,
    find: '  return end < seen.position ? "rolledBack" : "consistent";',
    replace: '  return "consistent";',
  },
  {
    name: "take an unknown epoch for one's own",
    file: ECHO,
    find: '  if (index === -1) return "rolledBack";',
    replace: '  if (index === -1) return "consistent";',
  },
  {
    name: "never notice that one stands in for another store",
    file: ECHO,
    find: '? "consistent" : "replaced";',
    replace: '? "consistent" : "consistent";',
  },
  {
    name: "timeouts count as refused",
    file: RETRY,
    find: '    case "timeout":\n    case "aborted":\n',
    replace: '    case "timeout":\n      return "refusal";\n    case "aborted":\n',
  },
  {
    name: "a bad status counts as refused",
    file: RETRY,
    find: "  if (refusing === undefined || context.receipts !== 1) return false;\n",
    replace: "  if (context.receipts !== 1) return false;\n  if (refusing === undefined) return true;\n",
  },
  {
    name: "retry a conflict for ever",
    file: RETRY,
    find: '  if (isRefusal(fault, context)) return "refusal";\n',
    replace: "",
  },
  {
    name: "one short of the threshold is enough",
    file: VERDICT,
    find: '    if (confirmedWeight >= threshold) return "satisfied";\n  }\n',
    replace: '    if (confirmedWeight >= Math.max(1, threshold - 1)) return "satisfied";\n  }\n',
  },
];

/** Those about tallies and questions. */
export const TALLY_MUTANTS: readonly Mutant[] = [
  {
    name: "a failed attempt refuses",
    file: TALLY,
    find: "      region.trouble = event.trouble;\n      region.done ||= event.done;\n",
    replace:
      '      region.trouble = event.trouble;\n      region.done ||= event.done;\n      if (event.done) region.vote = "refused";\n',
  },
  {
    name: "satisfied by any confirmation",
    file: TALLY,
    find: '  tally.satisfied = policies.every((policy) => verdict(policy, votes) === "satisfied");',
    replace:
      '  tally.satisfied = [...tally.regions.values()].filter((region) => region.vote === "confirmed").length > 1;',
  },
  {
    name: "keep the votes of a replaced store",
    file: TALLY,
    find: "  if (region.storeId !== store.storeId || tally.satisfied) return;",
    replace: "  if (tally.rules.regionIds.length > 0) return;",
  },
  {
    name: "what differs counts as the same",
    file: QUESTION,
    find: "const same = question.digest === undefined || held.digest === question.digest;",
    replace: "const same = held.digest.length > 0;",
  },
  {
    name: "held without being committed is enough",
    file: QUESTION,
    find: "if (!same || (question.committed && !held.committed))",
    replace: "if (!same)",
  },
  {
    name: "count the local region blindly",
    file: VOTE,
    find: 'if (worth.kind === "confirmed") {',
    replace: 'if (worth.kind !== "fault") {',
  },
  {
    name: "never make a pin durable",
    file: REGISTRY,
    find: "      await this.#around.store.savePeers([entry.memory]);\n",
    replace: "",
  },
];
