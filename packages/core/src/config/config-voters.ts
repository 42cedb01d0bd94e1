/** Who votes in this configuration? */
import type { Voter } from "../quorum/presets.ts";
import type { Config } from "./config.ts";

/** All regions as quorums see them, the local one first, observers included. */
export function configVoters(config: Pick<Config, "region" | "localWeight" | "localZone" | "regions">): Voter[] {
  const local: Voter = { regionId: config.region, weight: config.localWeight, zone: config.localZone };
  return [local, ...config.regions.map(({ regionId, weight, zone }) => ({ regionId, weight, zone }))];
}
