import { join } from "node:path";
import { fillLog } from "../log-files/fill-log.ts";
import { measureOpening } from "./measure-opening.ts";
import { type IdleSidecar, measureSidecar } from "./measure-sidecar.ts";

/** How long it takes until something answers, with nothing in the log and with much. */
export interface StartupFigures {
  /** Receipts in the filled log. */
  readonly logReceipts: number;
  readonly library: { readonly emptyMs: number; readonly filledMs: number };
  readonly sidecar: { readonly empty: IdleSidecar; readonly filled: IdleSidecar };
}

const REGION = "us-east-1";

export async function measureStartup(
  logReceipts: number,
  folder: string,
  progress: (line: string) => void,
): Promise<StartupFigures> {
  const empty = join(folder, "empty.db");
  const filled = join(folder, "filled.db");
  progress(`filling a log with ${logReceipts} receipts`);
  await fillLog(empty, REGION, 0, "own");
  await fillLog(filled, REGION, logReceipts, "own");
  progress("opening logs with the library");
  const library = { emptyMs: await measureOpening(empty, REGION), filledMs: await measureOpening(filled, REGION) };
  progress("starting sidecars");
  const sidecar = { empty: await measureSidecar(empty, REGION), filled: await measureSidecar(filled, REGION) };
  return { logReceipts, library, sidecar };
}
