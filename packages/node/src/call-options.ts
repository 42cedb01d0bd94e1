import {
  type Config,
  type Duration,
  describeConfigProblems,
  parseDuration,
  parseQuorum,
  type QuorumInput,
  type QuorumPolicy,
  type WaitFor,
} from "@rsync/core";
import { InvalidOptionsError } from "./errors.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";

/** How one call waits. Everything is optional; the configuration gives the defaults. */
export interface SyncOptions {
  /** `none`: return as soon as the receipt is durable here and handed to the lanes. */
  readonly waitFor?: WaitFor | "none" | undefined;
  /** How long this call waits at most; delivery goes on afterwards. Milliseconds, or a string such as `"5s"`. */
  readonly timeout?: Duration | undefined;
  /** Must hold in addition to the configured policy; belongs to this wait and is not stored. */
  readonly quorum?: QuorumInput | number | undefined;
  /**
   * What a submission does where as many are under way as are allowed ({@link IntakeLimits}): `reject` with
   * {@link OverloadedError}, or `wait` for room, at most as long as `timeout`. Default: as the limits say.
   */
  readonly whenFull?: "reject" | "wait" | undefined;
  /** Ends the wait, not the delivery: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The same, complete and checked. */
export interface ResolvedOptions {
  readonly waitFor: WaitFor | "none";
  readonly timeoutMs: number;
  readonly policies: readonly QuorumPolicy[];
  readonly whenFull: "reject" | "wait" | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Those of {@link SyncOptions}. */
export const SYNC_OPTIONS: ReadonlySet<string> = new Set<keyof SyncOptions>([
  "waitFor",
  "timeout",
  "quorum",
  "whenFull",
  "signal",
]);

/** Fills in the defaults. Throws {@link InvalidOptionsError}, also for an option that is none of `known`. */
export function resolveOptions(options: SyncOptions, config: Config, known = SYNC_OPTIONS): ResolvedOptions {
  refuseUnknownOptions(options, known);
  const { waitFor } = options;
  if (waitFor !== undefined && waitFor !== "quorum" && waitFor !== "all" && waitFor !== "none") {
    throw new InvalidOptionsError("waitFor", `must be "quorum", "all" or "none", not ${JSON.stringify(waitFor)}`);
  }
  return {
    waitFor: waitFor ?? config.waitFor,
    timeoutMs: timeoutOf(options.timeout, config),
    policies:
      options.quorum === undefined ? configuredPolicies(config) : [config.policy, policyOf(options.quorum, config)],
    whenFull: whenFullOf(options.whenFull),
    signal: options.signal,
  };
}

const policiesOfConfig = new WeakMap<Config, readonly QuorumPolicy[]>();

/** The same list for every call: whoever looks into it does so once. */
function configuredPolicies(config: Config): readonly QuorumPolicy[] {
  const known = policiesOfConfig.get(config);
  if (known !== undefined) return known;
  const policies = [config.policy];
  policiesOfConfig.set(config, policies);
  return policies;
}

function whenFullOf(whenFull: SyncOptions["whenFull"]): SyncOptions["whenFull"] {
  if (whenFull === undefined || whenFull === "reject" || whenFull === "wait") return whenFull;
  throw new InvalidOptionsError("whenFull", `must be "reject" or "wait", not ${JSON.stringify(whenFull)}`);
}

/** Milliseconds that a call waits at most. Throws {@link InvalidOptionsError}. */
export function timeoutOf(timeout: Duration | undefined, config: Config): number {
  if (timeout === undefined) return config.timeoutMs;
  const parsed = parseDuration(timeout);
  if (parsed.kind === "invalid") throw new InvalidOptionsError("timeout", parsed.message);
  return parsed.ms;
}

function policyOf(quorum: QuorumInput | number, config: Config): QuorumPolicy {
  const parsed = parseQuorum(quorum, config);
  if (parsed.kind === "valid") return parsed.policy;
  throw new InvalidOptionsError("quorum", describeConfigProblems(parsed.problems));
}
