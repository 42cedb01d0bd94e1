import type { Lane, LaneRules } from "../../src/lane/lane.ts";
import { claim } from "./lane-parts.ts";

/** L3: what a lane holds in memory stays within its bounds. */
export function checkMemory({ live, backlog, burying, suspicion, queuedBytes }: Lane, rules: LaneRules): void {
  const { queuedReceiptsMax, readRowsMax, windowMax, singlesWindowMax, receiptsPerRequestMax } = rules;
  const carried = Math.max(windowMax * receiptsPerRequestMax, singlesWindowMax);
  const suspects = suspicion?.items.length ?? 0;
  claim(live.size <= queuedReceiptsMax + carried, () => `L3: ${live.size} live rows`);
  claim(backlog.size <= readRowsMax * 2 + carried, () => `L3: ${backlog.size} backlog rows`);
  claim(burying.size <= readRowsMax + carried, () => `L3: ${burying.size} being buried`);
  claim(suspects <= Math.max(readRowsMax, receiptsPerRequestMax) + carried, () => `L3: ${suspects} suspects`);
  claim(queuedBytes >= 0, () => "negative bytes");
}
