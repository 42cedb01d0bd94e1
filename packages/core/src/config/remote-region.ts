/** One remote region, built step by step. */
import type { Duration, RegionProtocol, RemoteRegionConfig, RemoteRegionInput } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./parse-config.ts";

/**
 * Builds a {@link RemoteRegionInput}. Immutable: each `with...` returns another value. Nothing is checked before
 * `validate()`, of the region or of the configuration that it was added to.
 */
export class RemoteRegion {
  readonly #input: RemoteRegionInput;

  private constructor(input: RemoteRegionInput) {
    this.#input = input;
  }

  /** A region with timeout 5 s, weight 1, priority 0, no zone, protocol `auto`. */
  static create(regionId: string, endpoint: string): RemoteRegion {
    return new RemoteRegion({ regionId, endpoint });
  }

  /** How long one attempt may take: milliseconds or a text such as `"10s"`. */
  withTimeout(timeout: Duration): RemoteRegion {
    return this.#with({ timeout });
  }

  /** Votes of the region; 0 makes it an observer. */
  withWeight(weight: number): RemoteRegion {
    return this.#with({ weight });
  }

  /** The order in which the regions hear of a new receipt, lower first; none waits for another. */
  withPriority(priority: number): RemoteRegion {
    return this.#with({ priority });
  }

  /** Failure domain for `quorum.minZones`. */
  withZone(zone: string): RemoteRegion {
    return this.#with({ zone });
  }

  /** `strict` demands full evidence from the start. */
  withProtocol(protocol: RegionProtocol): RemoteRegion {
    return this.#with({ protocol });
  }

  /** What was built so far, as it would stand in a file. */
  toInput(): RemoteRegionInput {
    return this.#input;
  }

  /** The region by itself, checked and defaulted. Throws a {@link ConfigError} with all problems. */
  validate(): RemoteRegionConfig {
    // The local region's name must not be this one's: that question belongs to the whole configuration.
    const region = this.#input.regionId === "us-east-1" ? "us-east-2" : "us-east-1";
    const parsed = parseConfig({ region, regions: [this.#input] });
    if (parsed.kind === "invalid") {
      throw new ConfigError(parsed.problems.map(({ path, message }) => ({ path: pathInRegion(path), message })));
    }
    const [resolved] = parsed.config.regions;
    if (resolved === undefined) throw new Error("A configuration of one region resolved to none");
    return resolved;
  }

  #with(changes: Partial<RemoteRegionInput>): RemoteRegion {
    return new RemoteRegion({ ...this.#input, ...changes });
  }
}

function pathInRegion(path: string): string {
  return path.replace(/^regions\[0\]\.?/, "");
}
