import { backoffMs, type Clock, type ReceiptState, type RemoteRegionConfig } from "@rsync/core";
import type { Engine } from "./engine.ts";
import { voteOfFinding } from "./vote.ts";

/**
 * Asks every region that has not voted what it holds of a state, again and again with the configured backoff, for as long as
 * anybody waits for that state; however many wait, one question is asked for all of them. A region that could not be asked in
 * as many attempts as a call waits for is not waited for any longer.
 *
 * `later`: lanes are just delivering it, so the first question waits its turn.
 */
export function askUntilDecided(engine: Engine, state: ReceiptState, when: "now" | "later"): void {
  const over = engine.waits.overSignal(state);
  if (over === undefined || engine.asking.has(over)) return;
  engine.asking.add(over);
  for (const region of engine.around.config.regions) void askOne(engine, state, region, over, when);
}

async function askOne(
  engine: Engine,
  state: ReceiptState,
  region: RemoteRegionConfig,
  over: AbortSignal,
  when: "now" | "later",
): Promise<void> {
  const { clock, random } = engine.around;
  const { regionId } = region;
  const { backoff, maxRetries } = engine.laneRules;
  if (when === "later") await pause(clock, backoffMs(backoff, 1, random()), over);
  let unanswered = 0;
  for (let questions = 1; !over.aborted && engine.waits.wants(state, regionId); questions += 1) {
    const finding = await engine.questions.remote(region, state, over);
    unanswered = finding.kind === "unreachable" ? unanswered + 1 : 0;
    const event = voteOfFinding(regionId, finding, state, clock.monotonicMs());
    engine.waits.tellState(
      state,
      event.kind === "failed" && unanswered > maxRetries ? { ...event, done: true } : event,
    );
    if (engine.waits.wants(state, regionId)) await pause(clock, backoffMs(backoff, questions, random()), over);
  }
}

/** Ends early when nobody waits any more, and then leaves no timer behind. */
async function pause(clock: Clock, delayMs: number, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const cancel = clock.schedule(delayMs, wake);
  over.addEventListener("abort", wake, { once: true });
  await promise;
  over.removeEventListener("abort", wake);
  cancel();
}
