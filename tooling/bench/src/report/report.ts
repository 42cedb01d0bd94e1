import type { BacklogFigures } from "../backlog/measure-backlog.ts";
import type { ContestantName, Found } from "../load/contestant.ts";
import type { Measured } from "../load/run-rounds.ts";
import type { LoadFigures } from "../load/summarise.ts";
import type { LogGrowthFigures } from "../log-growth/measure-log-growth.ts";
import type { Machine } from "../machine/describe-machine.ts";
import type { FsyncCost } from "../machine/measure-fsync.ts";
import type { StartupFigures } from "../startup/measure-startup.ts";
import type { Target } from "../targets/target.ts";
import type { WanFigures } from "../wan/measure-wan.ts";
import type { Failure } from "./reporter.ts";

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
  readonly wan: WanFigures | undefined;
  readonly backlogs: readonly BacklogFigures[];
  readonly startup: StartupFigures | undefined;
  /** The smallest log first. */
  readonly logGrowth: readonly LogGrowthFigures[];
  /** None of a quick run, whose figures mean nothing. */
  readonly targets: readonly Target[];
  /** What broke; nothing of it is in the figures. */
  readonly failures: readonly Failure[];
}
