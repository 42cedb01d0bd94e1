import { ExitCode } from "../exit-code.ts";
import type { LineResult, SyncSummary } from "./line-result.ts";

/** Counts results as they come, so that a run of any length needs no list of them. */
export class ResultCount {
  readonly #counts = { committed: 0, pending: 0, refused: 0, disabled: 0, invalid: 0, failed: 0, valid: 0 };

  add(result: LineResult): void {
    switch (result.kind) {
      case "invalid":
      case "unreadable":
        this.#counts.invalid += 1;
        return;
      case "answered":
        this.#counts[result.reply.outcome] += 1;
        return;
      case "failed":
      case "valid":
        this.#counts[result.kind] += 1;
    }
  }

  get summary(): SyncSummary {
    return { ...this.#counts };
  }
}

/** The worst that happened decides: an error, then a refusal, then what is not committed yet. */
export function exitCodeOf(summary: SyncSummary): ExitCode {
  if (summary.invalid > 0 || summary.failed > 0) return ExitCode.error;
  if (summary.refused > 0) return ExitCode.refused;
  return summary.pending > 0 || summary.disabled > 0 ? ExitCode.pending : ExitCode.ok;
}
