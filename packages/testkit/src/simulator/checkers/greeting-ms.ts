/** How long may it take until a region is greeted that ought to be? */
import type { SimulationOptions } from "../options.ts";

/** A region is greeted at most once in a second, and not while it is being greeted. */
export const GREET_EVERY_MS = 1_000;
export const SLACK_MS = 500;
/**
 * A greeting under way ends when what it taught is written down: another store's pin, and the own store's news, each behind a
 * commit that is running. On a machine at 1 % of its speed that takes seconds, and nothing is lost by it.
 */
const COMMITS_OF_A_GREETING = 4;

/** `commitMs`: the longest that a commit took meanwhile. */
export function greetingMsMax({ regionTimeoutMs }: SimulationOptions, commitMs: number): number {
  return regionTimeoutMs + GREET_EVERY_MS + SLACK_MS + COMMITS_OF_A_GREETING * commitMs;
}
