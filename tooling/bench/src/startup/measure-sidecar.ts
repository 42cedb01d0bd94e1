import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../load/percentile.ts";
import { residentMb } from "../machine/resident-memory.ts";
import { startSidecar } from "../sidecar/start-sidecar.ts";

/** A sidecar that nobody uses. */
export interface IdleSidecar {
  /** From the start of the process to the line that says it is ready. */
  readonly readyMs: number;
  /** Resident memory some seconds later. */
  readonly idleMb: number;
}

const TIMES = 5;
const IDLE_MS = 2_000;

/** Medians of a few starts over the same log. */
export async function measureSidecar(storePath: string, regionId: string): Promise<IdleSidecar> {
  const readyMs: number[] = [];
  const idleMb: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const sidecar = await startSidecar({ regionId, storePath, peerPort: 0, others: [] });
    try {
      readyMs.push(sidecar.readyMs);
      await proveReady(sidecar.appUrl);
      if (time === 0) {
        await sleep(IDLE_MS);
        idleMb.push(await residentMb(sidecar.pid));
      }
    } finally {
      await sidecar.stop();
    }
  }
  return { readyMs: median(readyMs), idleMb: median(idleMb) };
}

/** The line that says it is ready must be true. */
async function proveReady(appUrl: string): Promise<void> {
  const { ok, status } = await fetch(`${appUrl}/readyz`);
  if (!ok) throw new Error(`A sidecar says that it is ready, and answers ${status} when asked`);
}
