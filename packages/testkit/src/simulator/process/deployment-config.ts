/** The configuration of one region, as its operator wrote it: right, or with one of the usual mistakes. */
import type { ConfigInput, QuorumInput } from "@rsync/core";
import { endpointOf } from "../network/network.ts";
import type { QuorumRule, SimulationOptions } from "../options.ts";

/** What is wrong with a region's configuration. */
export type Mistake =
  | { readonly kind: "none" }
  /** Two other regions stand under each other's endpoint. */
  | { readonly kind: "swappedEndpoints"; readonly left: string; readonly right: string }
  /** Another threshold than everybody else's. */
  | { readonly kind: "otherPolicy"; readonly quorum: number };

export const NO_MISTAKE: Mistake = { kind: "none" };

/** The rule that a region judges by. */
export function ruleOf(options: SimulationOptions, mistake: Mistake): QuorumRule {
  const quorum = mistake.kind === "otherPolicy" ? mistake.quorum : options.quorum;
  return { quorum, voters: options.voters };
}

export function configOf(options: SimulationOptions, regionId: string, mistake: Mistake): ConfigInput {
  const { voters, regionTimeoutMs, protocol } = options;
  const local = voters.find((voter) => voter.regionId === regionId);
  const { quorum } = ruleOf(options, mistake);
  return {
    region: regionId,
    crossRegionSyncEnabled: true,
    regions: voters
      .filter((voter) => voter.regionId !== regionId)
      .map((voter) => ({
        regionId: voter.regionId,
        endpoint: endpointOf(standsAt(voter.regionId, mistake)),
        weight: voter.weight,
        zone: voter.zone,
        priority: voter.priority,
        timeout: regionTimeoutMs,
        protocol,
      })),
    localWeight: local?.weight ?? 1,
    localZone: local?.zone,
    ...threshold(quorum),
    waitFor: options.waitFor,
    timeout: options.timeoutMs,
    maxRetries: options.maxRetries,
    retryBackoffInitial: options.retryBackoffInitialMs,
    retryBackoffMax: options.retryBackoffMaxMs,
    retryJitter: options.retryJitter,
  };
}

function threshold(quorum: QuorumInput | number): Pick<ConfigInput, "quorum" | "quorumThreshold"> {
  return typeof quorum === "number" ? { quorumThreshold: quorum } : { quorum };
}

function standsAt(regionId: string, mistake: Mistake): string {
  if (mistake.kind !== "swappedEndpoints") return regionId;
  if (regionId === mistake.left) return mistake.right;
  return regionId === mistake.right ? mistake.left : regionId;
}
