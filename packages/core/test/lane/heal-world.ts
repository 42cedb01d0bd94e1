import { claim } from "./lane-parts.ts";
import type { LaneWorld } from "./lane-world.ts";

/** Until a poisonous row lies in dead letters, beside an ordinary rest: its own retries, trials, and two of the longest cooldowns. */
const HEALING_OF_POISON_MS = 60_000;

/**
 * L1: from now on everything works but for what the region can not do, and nothing but answers and `woke` moves the lane. All
 * that is owed must arrive, within bounds. Where there is poison, a row now and then shows that the region is well, and in the
 * end all of it, and nothing else, lies in dead letters.
 */
export function heal(world: LaneWorld): void {
  const { log, schedule, rules } = world;
  world.healing = true;
  const poison = log.owedPoison;
  const restMs = Math.max(rules.cooldownMaxMs, rules.pauseProbeMs, rules.readRetryMs);
  const backlogRestsMs = Math.ceil(log.rows.size * rules.besideLiveRestMs);
  const boundMs =
    Math.max(world.nowMs + restMs, schedule.askedUntilMs) + poison * HEALING_OF_POISON_MS + backlogRestsMs;
  const stepsMax = 50 + log.rows.size * 20 + poison * 60;
  for (let step = 0; isBusy(world); step += 1) {
    claim(step < stepsMax, () => `the lane does not come to rest: owes ${log.owed}`);
    if (world.buries.length > 0) world.buried(0);
    else if (world.reads.length > 0) world.answerRead(0);
    else if (world.requests.length > 0) world.reply(0);
    else {
      // What only rests beside live rows shows soon enough what the region takes.
      const rests = world.lane.backlog.size > 0 && world.lane.backlogAgainAtMs > world.nowMs;
      if (log.owedPoison > 0 && !rests) world.append(0);
      world.pass((world.wakeMs() ?? world.nowMs) - world.nowMs);
    }
  }
  checkHealed(world, boundMs);
}

function isBusy(world: LaneWorld): boolean {
  const { buries, reads, requests } = world;
  return buries.length + reads.length + requests.length > 0 || world.wakeMs() !== undefined;
}

function checkHealed({ lane, log, replays, nowMs, start }: LaneWorld, boundMs: number): void {
  const end = Math.max(start, ...log.rows.keys());
  claim(log.owed.length === 0, () => `never delivered: ${log.owed}`);
  claim(lane.cursor === end, () => `cursor stays at ${lane.cursor}`);
  claim(lane.health.kind === "healthy", () => `stays ${lane.health.kind} without traffic`);
  claim(nowMs <= boundMs, () => `took until ${nowMs}, bound ${boundMs}`);
  claim(lane.queuedBytes === 0, () => `counts ${lane.queuedBytes} bytes in an empty queue`);
  claim(replays.open.length === 0, () => `never tells how the replay of ${replays.open} ended`);
  claim(lane.suspicion === undefined, () => "suspects nothing in particular");
}
