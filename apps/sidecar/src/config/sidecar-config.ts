import type { Config, LogLevel, PolicyWarning } from "@rsync/core";
import type { IntakeLimits, LaneLimits } from "@rsync/node";
import type { ListenAddress } from "./listen-address.ts";
import type { StoreLocation } from "./store-location.ts";

/** One line of JSON for machines, or the seeds' form for people. */
type LogFormat = "json" | "text";

/** The sidecar's own keys, beside those of DESIGN §5. */
export interface OwnConfig {
  readonly listen: {
    /** For the service and the operator. Default `127.0.0.1:7400`. */
    readonly app: ListenAddress;
    /** For other regions. Default `127.0.0.1:7401`. */
    readonly peer: ListenAddress;
  };
  /** Default `sqlite:./receipts.db`, in the working directory. Its folder must exist. */
  readonly store: StoreLocation;
  /** The log file may grow to this many bytes; then nothing more is stored (507). Default: as large as the disk. */
  readonly storeBytesMax: number | undefined;
  readonly log: {
    /** Default `info`. */
    readonly level: LogLevel;
    /** Default `json`. */
    readonly format: LogFormat;
    /** Lines about single receipts, which cost more than the receipts themselves. Default false; on when the level is debug. */
    readonly receipts: boolean;
  };
  /** Lets the peer listener bind beyond loopback, where nothing authenticates whoever connects. Default false. */
  readonly insecure: boolean;
  /** Regions left out of the configuration although they are still owed receipts (I2). Default none. */
  readonly abandon: readonly string[];
  /** How long a drain waits for what is in flight. Default 10 s. */
  readonly drainTimeoutMs: number;
  /** Limits of delivery to one region; what is absent has the default of `@rsync/node`. */
  readonly lanes: Partial<LaneLimits>;
  /** Receipts under way at once, and bytes of their ids and hashes; beyond them 503. Defaults 16,384 and 32 MiB. */
  readonly intake: Pick<IntakeLimits, "receiptsMax" | "bytesMax">;
  /** Receipts remembered as committed; what is absent has the default of `@rsync/node`. */
  readonly recentReceiptsMax: number | undefined;
}

/** What an operator should know of a configuration that is taken all the same. */
export type ConfigWarning =
  | PolicyWarning
  | {
      /** The own store is memory, whose confirmations do not count. */
      readonly kind: "memoryDoesNotVote";
      readonly message: string;
    };

/** The whole configuration of a sidecar, fully defaulted and checked. */
export interface SidecarConfig extends OwnConfig {
  /** DESIGN §5. */
  readonly sync: Config;
  /** What is surprising about it. */
  readonly warnings: readonly ConfigWarning[];
}
