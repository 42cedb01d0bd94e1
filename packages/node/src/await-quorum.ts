import type { Conflict, LogRow, ReceiptState, ReceiptStore } from "@rsync/core";
import { askUntilDecided } from "./ask-until-decided.ts";
import { beginWait } from "./begin-wait.ts";
import { resolveOptions, SYNC_OPTIONS, type SyncOptions } from "./call-options.ts";
import { countDeadLetters, RECORDS_MAX } from "./dead-letter-votes.ts";
import type { Engine } from "./engine.ts";
import { ReceiptNotFoundError } from "./errors.ts";
import { localResult, type SyncResult } from "./sync-result.ts";

/** Which state to wait for, and how. */
export interface AwaitOptions extends SyncOptions {
  /** 64 lower-case hex digits. Default: what this region's log holds under the id. */
  readonly digest?: string | undefined;
  /** Default: the newest that this region's log holds. */
  readonly committed?: boolean | undefined;
}

const AWAIT_OPTIONS: ReadonlySet<string> = new Set<string>([...SYNC_OPTIONS, "digest", "committed"]);

/**
 * Resumes the wait for a receipt that this region holds, also after a restart (DESIGN §7): from the own row, the unresolved
 * dead letters, and by asking every other region.
 */
export async function awaitQuorum(engine: Engine, receiptId: string, options: AwaitOptions): Promise<SyncResult> {
  const { store, config } = engine.around;
  const resolved = resolveOptions(options, config, AWAIT_OPTIONS);
  resolved.signal?.throwIfAborted();
  const row = await store.get(receiptId);
  const state = stateAskedFor(receiptId, row, options);
  if (state === undefined) return conflictOrNotFound(engine, receiptId, row, options);
  if (!config.crossRegionSyncEnabled) return localResult(state, "disabled", engine.policyDigest);
  const wait = beginWait(engine, state, resolved);
  await countDeadLetters(engine, wait);
  if (resolved.waitFor === "none") engine.waits.tell(wait, { kind: "timedOut" });
  else askUntilDecided(engine, state, "now");
  return wait.ended;
}

function stateAskedFor(receiptId: string, row: LogRow | undefined, options: AwaitOptions): ReceiptState | undefined {
  if (row === undefined) return undefined;
  const { digest, committed } = row.record;
  if (options.digest !== undefined && options.digest !== digest) return undefined;
  if (options.committed === true && !committed) return undefined;
  return { receiptId, digest, committed: options.committed ?? committed };
}

/** Content that this region refused can not commit here; of content it never saw it knows nothing. */
async function conflictOrNotFound(
  engine: Engine,
  receiptId: string,
  row: LogRow | undefined,
  options: AwaitOptions,
): Promise<SyncResult> {
  const { store, config } = engine.around;
  if (row !== undefined && options.digest !== undefined && options.digest !== row.record.digest) {
    const conflict = await conflictWith(store, receiptId, options.digest);
    if (conflict !== undefined) {
      const { digest, committed } = conflict.offered;
      return localResult({ receiptId, digest, committed }, "refused", engine.policyDigest, {
        regionId: config.region,
        totalRegions: engine.regionIds.length,
        trouble: { kind: "different", digest: row.record.digest },
      });
    }
  }
  throw new ReceiptNotFoundError(receiptId, describeMissing(config.region, row, options));
}

/** However often other content was offered under the id: this one is among it or not. */
async function conflictWith(store: ReceiptStore, receiptId: string, digest: string): Promise<Conflict | undefined> {
  let after = 0;
  for (;;) {
    const page = await store.conflicts({ receiptId, after, limit: RECORDS_MAX });
    const found = page.find(({ offered }) => offered.digest === digest);
    const last = page.at(-1);
    if (found !== undefined || last === undefined) return found;
    after = last.number;
  }
}

function describeMissing(region: string, row: LogRow | undefined, options: AwaitOptions): string {
  if (row === undefined) return `region ${region} holds no receipt with this id`;
  const held = `region ${region} holds it with digest ${row.record.digest} and committed ${row.record.committed}`;
  return options.digest !== undefined && options.digest !== row.record.digest
    ? `${held}, not with digest ${options.digest}`
    : `${held}, not with committed true`;
}
