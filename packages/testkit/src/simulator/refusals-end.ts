/**
 * I5: does a refusal end with its reason? Once every dead letter of a receipt is resolved, and no region holds other content, a
 * wait for it is not told that it is refused.
 */
import { serviceMs } from "./service-time.ts";
import { digestOf, makeReceipt } from "./workload/receipts.ts";
import type { World } from "./world.ts";

interface RefusedOnce {
  readonly regionId: string;
  readonly number: number;
  readonly content: number;
}

/** Asks again for what was refused and has no reason to be any more. Returns what is wrong, or nothing. */
export async function stillRefused(world: World): Promise<string | undefined> {
  const { time, options, book } = world;
  const refused = refusedOnce(world);
  const first = book.calls.length;
  for (const { regionId, number, content } of refused)
    world.workload.awaitQuorum(world.site(regionId), number, content);
  const ended = (): boolean => book.calls.slice(first).every(({ told }) => told !== undefined);
  await time.runUntil(time.nowMs + options.timeoutMs + 50 * serviceMs(options), ended);
  const wrong = book.calls.slice(first).find(({ told }) => told?.kind === "result" && told.outcome === "refused");
  if (wrong === undefined) return undefined;
  const { receiptId, regionId } = wrong.call;
  return `${receiptId} at ${regionId} is called refused; its dead letters are resolved, and no region holds other content`;
}

function refusedOnce(world: World): readonly RefusedOnce[] {
  const found = new Map<string, RefusedOnce>();
  for (const { call, told } of world.book.calls) {
    if (call.kind !== "sync" || told?.kind !== "result" || told.outcome !== "refused") continue;
    const { regionId, receiptId } = call;
    if (!isResolved(world, regionId, receiptId) || !isAllThatIsHeld(world, receiptId, told.digest)) continue;
    const number = Number(receiptId.slice("rec-".length));
    const contents = world.workload.submitted.find((submitted) => submitted.number === number)?.contents ?? [];
    const content = contents.find((each) => digestOf(makeReceipt(number, each, false)) === told.digest);
    if (content !== undefined) found.set(`${regionId} ${number}`, { regionId, number, content });
  }
  return [...found.values()];
}

function isResolved(world: World, regionId: string, receiptId: string): boolean {
  const { log } = world.site(regionId).disk;
  const letters = log?.deadLetters({ receiptId, limit: Infinity }) ?? [];
  return letters.length > 0 && letters.every(({ status }) => status === "resolved");
}

function isAllThatIsHeld(world: World, receiptId: string, digest: string): boolean {
  return world.options.voters.every(({ regionId }) => {
    const digests = world.history(regionId).digestsNow(receiptId);
    return digests.size === 1 && digests.has(digest);
  });
}
