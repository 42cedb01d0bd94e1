import { ExitCode } from "../exit-code.ts";
import type { DemoRegionId } from "./demo-config.ts";

/** What came out, as `demo --json` prints it on its last line. */
export interface DemoResult {
  readonly committed: number;
  readonly pending: number;
  readonly refused: number;
  /** Reported committed and not found by quorum with equal contents at the end. */
  readonly lost: number;
  readonly regions: readonly {
    readonly region: DemoRegionId;
    /** Receipts of the demo that the region's own log lists at the end. */
    readonly receipts: number;
    readonly missing: number;
  }[];
  /** From handing a receipt to the sidecar to hearing that it is committed. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Success is that nothing was lost, and that everything is everywhere. */
export function demoExitCode(result: DemoResult): ExitCode {
  if (result.lost > 0 || result.regions.some(({ missing }) => missing > 0)) return ExitCode.error;
  if (result.refused > 0) return ExitCode.refused;
  return result.pending > 0 ? ExitCode.pending : ExitCode.ok;
}

/** The value that so many percent of the sorted values do not exceed, to a tenth. */
export function percentile(sorted: readonly number[], percent: number): number {
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}
