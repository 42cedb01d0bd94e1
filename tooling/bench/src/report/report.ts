import type { ContestantName, Found } from "../load/contestant.ts";
import type { Measured } from "../load/run-rounds.ts";
import type { LoadFigures } from "../load/summarise.ts";
import type { Machine } from "../machine/describe-machine.ts";
import type { FsyncCost } from "../machine/measure-fsync.ts";
import type { StartupFigures } from "../startup/measure-startup.ts";

/** A contestant, and what was found of it. */
export type EntrantFigures = { readonly contestant: ContestantName } & Found;

/** Everything that one bench found out; with `--json` written as it is. */
export interface Report {
  readonly command: string;
  /** When it began: RFC 3339. */
  readonly at: string;
  readonly machine: Machine;
  readonly fsync: FsyncCost;
  /** Bytes of each receipt, as services send it. */
  readonly receiptBytes: number;
  /** Whom the load was meant for, also those that are not installed. */
  readonly contestants: readonly EntrantFigures[];
  readonly load: readonly LoadFigures[];
  /** Every single run that the figures above are the medians of. */
  readonly runs: readonly Measured[];
  readonly startup: StartupFigures | undefined;
}
