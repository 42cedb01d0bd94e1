/**
 * DESIGN §8: a receipt is called poison only after it has failed alone, again and again, at a region that was well in between;
 * and a dead letter is resolved only where that store has the receipt, and how far it had come by then is remembered (§9). Judged
 * by disks and messages alone.
 */
import type { DeadLetter, Fault, MemoryLog, ReceiptRecord } from "@rsync/core";
import { refusedIn, statesIn } from "../network/message.ts";
import type { Checker, Observation, WorldView } from "../observation.ts";

type Heard = Extract<Observation, { kind: "heard" }>;

/** One receipt alone, as often as this, with a sign of the region's health after each. */
const FAILURES_MIN = 3;

/** How one receipt, in one of its states, fared on one link when it was sent alone. */
interface Trials {
  failures: number;
  /** When the last one failed, where nothing that was sent since has shown that the region is well. */
  unprovenMs: number | undefined;
}

export function honestLetters(): Checker {
  const trials = new Map<string, Map<string, Trials>>();
  const judged = new Set<string>();
  return {
    name: "honest-letters",
    observe: (observation, world) => {
      if (observation.kind === "heard") hear(observation, world.nowMs(), trials);
      return observation.kind === "synced" ? judge(observation, world, trials, judged) : undefined;
    },
  };
}

function hear(
  { by, regionId, request, answer, sentMs }: Heard,
  nowMs: number,
  trials: Map<string, Map<string, Trials>>,
): void {
  const link = `${by.regionId} ${regionId}`;
  const ofLink = trials.get(link) ?? new Map<string, Trials>();
  trials.set(link, ofLink);
  // A refusal that nobody can be shown to have made is a failure like any other.
  const proven = answer.identification.from?.regionId === regionId;
  const refused = proven && refusedIn(request, answer).length > 0;
  if (request.kind === "send" && !refused && !acknowledges(answer, request.record)) {
    if (!couldBeItsOwn(answer)) return;
    const key = stateKey(request.record);
    const before = ofLink.get(key) ?? { failures: 0 };
    ofLink.set(key, { failures: before.failures, unprovenMs: nowMs });
    return;
  }
  const well = refused || statesIn(answer).length > 0 || (answer.kind === "replied" && request.kind === "describe");
  if (!well) return;
  for (const each of ofLink.values()) {
    if (each.unprovenMs === undefined || each.unprovenMs > sentMs) continue;
    each.failures += 1;
    each.unprovenMs = undefined;
  }
}

function acknowledges(answer: Heard["answer"], { receiptId, digest, committed }: ReceiptRecord): boolean {
  if (answer.kind === "failed" || answer.reply.kind !== "send") return false;
  const said = answer.reply.acknowledgement;
  const same = said.receiptId === receiptId && said.digest === digest && (said.committed === true || !committed);
  return same && said.durability !== undefined;
}

/** Busy, not there, not allowed, full. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 404, 405, 408, 425, 429, 502, 503, 504, 507]);

/** A failure that says more about the moment, or about the link, than about what was sent. */
function couldBeItsOwn(answer: Heard["answer"]): boolean {
  return answer.kind === "replied" || !isPassing(answer.fault);
}

function isPassing(fault: Fault): boolean {
  if (fault.kind === "status") return PASSING.has(fault.status);
  return fault.kind === "unreachable" || fault.kind === "aborted";
}

function judge(
  { regionId: origin, log }: Extract<Observation, { kind: "synced" }>,
  world: WorldView,
  trials: Map<string, Map<string, Trials>>,
  judged: Set<string>,
): string | undefined {
  for (const letter of log.deadLetters({ limit: Infinity })) {
    if (letter.kind !== "poison" && letter.status !== "resolved") continue;
    const { regionId, storeId, receiptId, digest, committed, kind, status, attempts, buriedAt } = letter;
    const key = [origin, regionId, storeId, receiptId, digest, committed, kind, status, attempts, buriedAt].join(" ");
    if (judged.has(key)) continue;
    judged.add(key);
    const problem = letter.status === "resolved" ? resolved(letter, log, world) : poison(letter, trials, origin);
    if (problem !== undefined) return `${origin}'s dead letter of ${receiptId} for ${regionId} ${problem}`;
  }
  return undefined;
}

/** Restored to before it took the receipt, that store would not be noticed, and nobody would send it again (I2). */
function resolved({ regionId, storeId, ...state }: DeadLetter, log: MemoryLog, world: WorldView): string | undefined {
  const taken = world.disk(regionId).positionAs(storeId, state);
  if (taken === undefined) return "is resolved, and that store never took it";
  const mark = log.peers().find((peer) => peer.regionId === regionId)?.mark;
  if (mark?.storeId !== storeId || mark.position >= taken) return undefined;
  return `is resolved; that store took it at ${taken}, and remembered of it is ${mark.position}`;
}

/** A committed receipt and one that is not yet fail each for themselves, and may be under way at once. */
function stateKey({ receiptId, digest, committed }: Pick<ReceiptRecord, "receiptId" | "digest" | "committed">): string {
  return `${receiptId} ${digest} ${committed}`;
}

function poison(letter: DeadLetter, trials: Map<string, Map<string, Trials>>, origin: string): string | undefined {
  const failures = trials.get(`${origin} ${letter.regionId}`)?.get(stateKey(letter))?.failures ?? 0;
  if (failures >= FAILURES_MIN) return undefined;
  return `calls it poison; alone it failed ${failures} times with the region well after it`;
}
