/**
 * Three regions, one of them lost and brought back, and not one committed receipt lost: the main promise, shown on real
 * processes. What is said of a receipt at the end is what the regions say then, not what was expected of them.
 */
import { listReceipts } from "../api/list-receipts.ts";
import { startProgress } from "../output/progress.ts";
import type { Terminal } from "../output/terminal.ts";
import { missingIn, watchCatchUp } from "./catch-up.ts";
import { demoRegionIds, ENTRY_REGION, KILLED_REGION } from "./demo-config.ts";
import { type ExpectedReceipt, writeDemoReceipts } from "./demo-receipts.ts";
import * as report from "./demo-report.ts";
import { type DemoResult, percentile } from "./demo-result.ts";
import type { DemoWorkspace } from "./demo-workspace.ts";
import { type DemoRegions, restartRegion, startRegions } from "./start-regions.ts";
import { type SyncedPhase, syncPhase } from "./sync-phase.ts";
import { verifyAll } from "./verify-all.ts";

export interface DemoRun {
  readonly terminal: Terminal;
  readonly workspace: DemoWorkspace;
  /** Takes what people read, step by step. */
  readonly tell: (text: string) => void;
  /** Called between catching up and the verification: a test can do harm there. */
  readonly beforeVerification?: (regions: DemoRegions) => Promise<void>;
}

const RECEIPTS_PER_PHASE = 1_000;

/** Carries the demo out. Leaves everything to be removed by the workspace. */
export async function runDemo(run: DemoRun): Promise<DemoResult> {
  const { terminal, tell } = run;
  tell(report.introduction);
  const regions = await startRegions(run.workspace);
  const entry = regions[ENTRY_REGION].client;
  const first = await syncFile(run, regions, 1);
  tell(report.firstSync(first.phase));

  await regions[KILLED_REGION].kill();
  const second = await syncFile(run, regions, 1 + RECEIPTS_PER_PHASE);
  tell(report.syncWithoutOne(second.phase, await missingIn(entry, KILLED_REGION)));

  await bringBack(run, regions);
  await run.beforeVerification?.(regions);

  const begunMs = performance.now();
  const committedIds = new Set([...first.phase.committedIds, ...second.phase.committedIds]);
  const expected = [...first.expected, ...second.expected];
  const committed = expected.filter(({ receiptId }) => committedIds.has(receiptId));
  const progress = startProgress(terminal, "asking every region", committed.length);
  const verification = await verifyAll(entry, committed, progress.update).finally(progress.stop);
  tell(report.verified(verification, performance.now() - begunMs));
  return {
    committed: committedIds.size,
    pending: first.phase.pending + second.phase.pending,
    refused: first.phase.refused + second.phase.refused,
    lost: verification.lost.length,
    regions: await countReceipts(regions, expected),
    ...latencies(first.phase, second.phase),
  };
}

async function syncFile(
  { terminal, workspace }: DemoRun,
  regions: DemoRegions,
  from: number,
): Promise<{ readonly expected: readonly ExpectedReceipt[]; readonly phase: SyncedPhase }> {
  const path = workspace.path(`receipts-${from}.ndjson`);
  const expected = await writeDemoReceipts(path, from, RECEIPTS_PER_PHASE);
  const progress = startProgress(terminal, "syncing", expected.length);
  const { client } = regions[ENTRY_REGION];
  const phase = await syncPhase(client, path, expected.length, progress.update).finally(progress.stop);
  return { expected, phase };
}

async function bringBack({ terminal, tell }: DemoRun, regions: DemoRegions): Promise<void> {
  const entry = regions[ENTRY_REGION].client;
  const missingAtFirst = await missingIn(entry, KILLED_REGION);
  const progress = startProgress(terminal, "catching up", missingAtFirst);
  try {
    await restartRegion(regions[KILLED_REGION]);
    const begunMs = performance.now();
    const update = (missing: number): void => progress.update(missingAtFirst - missing);
    const seen = await watchCatchUp(entry, KILLED_REGION, update);
    progress.stop();
    tell(report.caughtUp([missingAtFirst, ...seen], performance.now() - begunMs));
  } finally {
    progress.stop();
  }
}

/** Counted in each region's own log, receipt by receipt; a region that does not answer has none. */
async function countReceipts(
  regions: DemoRegions,
  expected: readonly ExpectedReceipt[],
): Promise<DemoResult["regions"]> {
  return Promise.all(
    demoRegionIds.map(async (region) => {
      const missing = new Map(expected.map(({ receiptId, digest }) => [receiptId, digest]));
      try {
        for await (const { receipt, digest } of listReceipts(regions[region].client, { after: 0, limit: undefined })) {
          if (missing.get(receipt.receiptId) === digest) missing.delete(receipt.receiptId);
        }
      } catch {
        // What it was asked for and did not say counts as missing.
      }
      return { region, receipts: expected.length - missing.size, missing: missing.size };
    }),
  );
}

function latencies(...phases: readonly SyncedPhase[]): Pick<DemoResult, "p50_ms" | "p99_ms"> {
  const sorted = phases.flatMap(({ latenciesMs }) => latenciesMs).toSorted((left, right) => left - right);
  return { p50_ms: percentile(sorted, 50), p99_ms: percentile(sorted, 99) };
}
