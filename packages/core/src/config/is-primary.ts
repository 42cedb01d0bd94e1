/** Is this region the primary one? */
import type { Config } from "./config.ts";

/** True when no primary region is configured, or when it is the local one. Syncing never depends on it. */
export function isPrimary(config: Pick<Config, "region" | "primaryRegion">): boolean {
  return config.primaryRegion === undefined || config.primaryRegion === config.region;
}
