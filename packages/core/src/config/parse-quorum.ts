/** A quorum that is given for one call: which policy is it among the configured regions? */
import { z } from "zod";
import type { QuorumPolicy } from "../quorum/policy.ts";
import { resolveQuorum } from "../quorum/resolve-quorum.ts";
import type { Config, ConfigProblem } from "./config.ts";
import { configVoters } from "./config-voters.ts";
import { describeIssues } from "./describe-issues.ts";
import { configShape, quorumSchema } from "./schema.ts";

/** The policy, or every problem at once. */
export type ParsedQuorum =
  | { readonly kind: "valid"; readonly policy: QuorumPolicy }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

const callQuorumSchema = z.union([configShape.quorumThreshold.unwrap(), quorumSchema], {
  error: 'quorum must be a number, "majority", "all", { threshold, minZones } or { threshold, of: [...] }',
});

/**
 * Reads a quorum of a call: what may stand under `quorum` in the configuration, or a number as under `quorumThreshold`.
 * The call requires it beside the configured one: each policy by itself, not a tree of both. Never throws.
 */
export function parseQuorum(input: unknown, config: Config): ParsedQuorum {
  const parsed = callQuorumSchema.safeParse(input);
  if (!parsed.success) {
    const context = {
      regionIdAt: () => undefined,
      keysAt: () => ["threshold", "minZones", "of", "region", "weight", "label"],
    };
    return { kind: "invalid", problems: describeIssues(parsed.error.issues, context, ["quorum"]) };
  }
  const { policy, problems } = resolveQuorum(parsed.data, configVoters(config), "quorum");
  return problems.length === 0 ? { kind: "valid", policy } : { kind: "invalid", problems };
}
