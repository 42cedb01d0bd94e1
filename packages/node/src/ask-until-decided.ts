import { backoffMs, type RemoteRegionConfig } from "@rsync/core";
import type { Engine } from "./engine.ts";
import { type Finding, isFinal } from "./question.ts";
import { voteOfFinding } from "./vote.ts";
import type { Wait } from "./waits.ts";

/**
 * Asks every region that has not voted what it holds, again and again with the configured backoff, until the wait is over.
 * `own`: this region's lanes deliver the receipt too; else asking is the only way to learn of it, and a region that could not
 * be asked in as many attempts as a call waits for is given up for this wait.
 */
export function askUntilDecided(engine: Engine, wait: Wait, receipt: { readonly own: boolean }): void {
  for (const region of engine.around.config.regions) {
    if (wait.tally.regions.get(region.regionId)?.vote !== "waiting") continue;
    void askOne(engine, wait, region, receipt.own);
  }
}

async function askOne(engine: Engine, wait: Wait, region: RemoteRegionConfig, own: boolean): Promise<void> {
  const { clock, random } = engine.around;
  const { regionId } = region;
  const { backoff, maxRetries } = engine.laneRules;
  for (let attempts = 1; !wait.isOver(); attempts += 1) {
    const finding = await engine.questions.remote(region, wait.state, engine.signal);
    const event = voteOfFinding(regionId, finding, wait.state, clock.monotonicMs());
    const spent = !own && !answered(finding) && attempts > maxRetries;
    engine.waits.tell(wait, event.kind === "failed" && spent ? { ...event, done: true } : event);
    if (spent || isFinal(finding) || wait.tally.regions.get(regionId)?.vote !== "waiting") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.schedule(backoffMs(backoff, attempts, random()), resolve);
    await promise;
  }
}

function answered(finding: Finding): boolean {
  return finding.kind !== "unreachable";
}
