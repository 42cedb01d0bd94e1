/** The whole configuration, built step by step as in the seeds. */
import type { Config, ConfigInput, Duration, QuorumInput, RemoteRegionInput, RetryJitter, WaitFor } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./parse-config.ts";
import { RemoteRegion } from "./remote-region.ts";

/**
 * Builds a {@link ConfigInput}. Immutable: each step returns another value, so that a common part can be shared. Nothing
 * is checked before `validate()`; defaults are those of `ConfigInput`.
 */
export class MultiRegionConfig {
  readonly #input: ConfigInput;

  private constructor(input: ConfigInput) {
    this.#input = input;
  }

  /** A configuration of this local region alone, with sync disabled. */
  static create(region: string): MultiRegionConfig {
    return new MultiRegionConfig({ region });
  }

  /** Adds one remote region after those that are there. */
  addRegion(region: RemoteRegion | RemoteRegionInput): MultiRegionConfig {
    const added = region instanceof RemoteRegion ? region.toInput() : region;
    return this.#with({ regions: [...(this.#input.regions ?? []), added] });
  }

  /** Names the primary region of the deployment. */
  withPrimaryRegion(primaryRegion: string): MultiRegionConfig {
    return this.#with({ primaryRegion });
  }

  /** Switches sync on or off. */
  withCrossRegionSync(enabled: boolean): MultiRegionConfig {
    return this.#with({ crossRegionSyncEnabled: enabled });
  }

  /** Weight that must confirm, local included. Takes the place of an earlier `withQuorum`. */
  withQuorumThreshold(threshold: number): MultiRegionConfig {
    return this.#with({ quorumThreshold: threshold, quorum: undefined });
  }

  /** A richer rule than a number. Takes the place of an earlier `withQuorumThreshold`. */
  withQuorum(quorum: QuorumInput): MultiRegionConfig {
    return this.#with({ quorum, quorumThreshold: undefined });
  }

  /** Failure domain of the local region. */
  withLocalZone(localZone: string): MultiRegionConfig {
    return this.#with({ localZone });
  }

  /** Votes of the local region. */
  withLocalWeight(localWeight: number): MultiRegionConfig {
    return this.#with({ localWeight });
  }

  /** What one call waits for. */
  withWaitFor(waitFor: WaitFor): MultiRegionConfig {
    return this.#with({ waitFor });
  }

  /** How long one call waits at most. */
  withTimeout(timeout: Duration): MultiRegionConfig {
    return this.#with({ timeout });
  }

  /** Retries after the first attempt that one call waits for. */
  withMaxRetries(maxRetries: number): MultiRegionConfig {
    return this.#with({ maxRetries });
  }

  /** Delay before the second attempt; doubles from there. */
  withRetryBackoff(initial: Duration): MultiRegionConfig {
    return this.#with({ retryBackoffInitial: initial });
  }

  /** Where doubling ends. */
  withRetryBackoffMax(max: Duration): MultiRegionConfig {
    return this.#with({ retryBackoffMax: max });
  }

  /** How retry delays are spread. */
  withRetryJitter(retryJitter: RetryJitter): MultiRegionConfig {
    return this.#with({ retryJitter });
  }

  /** Whether confirmations of memory-only stores are left out of the count. */
  withRequireDurable(requireDurable: boolean): MultiRegionConfig {
    return this.#with({ requireDurable });
  }

  /** What was built so far, as it would stand in a file. */
  toInput(): ConfigInput {
    return this.#input;
  }

  /** The configuration, checked and fully defaulted. Throws a {@link ConfigError} with all problems. */
  validate(): Config {
    const parsed = parseConfig(this.#input);
    if (parsed.kind === "invalid") throw new ConfigError(parsed.problems);
    return parsed.config;
  }

  #with(changes: Partial<ConfigInput>): MultiRegionConfig {
    return new MultiRegionConfig({ ...this.#input, ...changes });
  }
}
