import type { ReceiptState } from "@rsync/core";
import type { ResolvedOptions } from "./call-options.ts";
import type { Engine } from "./engine.ts";
import { localVote, tellOfTroubledLanes } from "./vote.ts";
import type { Wait } from "./waits.ts";

/**
 * Begins to wait for a state that this region's log holds, under the policy in force now, and at most as long as the options
 * say. The own store votes at once.
 */
export function beginWait(engine: Engine, state: ReceiptState, options: ResolvedOptions): Wait {
  const { waitFor, policies, timeoutMs, signal } = options;
  const { policyDigest, regionIds } = engine;
  const { requireDurable } = engine.around.config;
  const rules = { policies, regionIds, waitFor: waitFor === "all" ? ("all" as const) : ("quorum" as const) };
  const wait = engine.waits.begin(state, rules, { timeoutMs, signal, policyDigest, requireDurable });
  localVote(engine, wait);
  tellOfTroubledLanes(engine, wait);
  if (engine.signal.aborted) engine.waits.tell(wait, { kind: "timedOut" });
  return wait;
}
