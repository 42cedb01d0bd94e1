import type { DatabaseSync } from "node:sqlite";
import type { Epoch, LogLine } from "@rsync/core";
import type { Flag } from "../row/block.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";

/** Who this store is: the last row of `identities`, and the last epoch. */
export interface Identity {
  readonly regionId: string;
  readonly storeId: string;
  readonly epoch: string;
  readonly refilling: boolean;
  readonly lossAccepted: boolean;
  /** Own rows that were appended under earlier store ids. */
  readonly ownBefore: number;
}

/** Where the log ends. A transaction works on a copy, which becomes the state when it is committed. */
export interface LogState {
  readonly identity: Identity;
  readonly epochs: readonly Epoch[];
  /** Last position given. */
  readonly position: number;
  /** Last number given under the current store id. */
  readonly ownSeq: number;
  /** Last check mark. */
  readonly mark: number;
}

interface IdentityRow {
  readonly storeId: string;
  readonly regionId: string;
  readonly ownBefore: number;
  readonly refilling: boolean;
  readonly lossAccepted: boolean;
}

/** What an opening brings along. */
export interface Opening {
  readonly regionId: string;
  readonly newEpoch: string;
  /** The store id that a changed region takes. */
  readonly newStoreId: string;
}

/**
 * Begins an opening: commits and fsyncs its epoch row before anything is answered or read (DESIGN §9). That fsync also
 * covers whatever recovery found in the write-ahead log.
 *
 * Under another region than before the file gets a new store id with the same transaction. It is not refilling for that: the
 * file still holds every row it ever acknowledged, and where the new region's peers remember it under another store, they
 * will say so (`startRefilling`). A refilling store stays one.
 */
export function beginOpening(database: DatabaseSync, opening: Opening): { state: LogState; lines: LogLine[] } {
  const before = readIdentity(database);
  const position = readEnd(database);
  const ownSeq = readOwnSeq(database, before.storeId);
  const renamed = before.regionId !== opening.regionId;
  const row: IdentityRow = renamed
    ? {
        ...before,
        storeId: opening.newStoreId,
        regionId: opening.regionId,
        ownBefore: before.ownBefore + ownSeq,
        lossAccepted: false,
      }
    : before;
  database.exec("BEGIN IMMEDIATE");
  if (renamed) insertIdentity(database, row);
  insertEpoch(database, { epoch: opening.newEpoch, storeId: row.storeId, startPosition: position });
  database.exec("COMMIT");
  const state: LogState = {
    identity: { ...row, epoch: opening.newEpoch },
    epochs: readEpochs(database),
    position,
    ownSeq: renamed ? 0 : ownSeq,
    mark:
      prepareTuples<readonly [number]>(database, "SELECT coalesce(max(position), 0) FROM check_marks").get()?.[0] ?? 0,
  };
  return { state, lines: renamed ? [describeRenaming(before, row)] : [] };
}

export function insertIdentity(database: DatabaseSync, row: IdentityRow): void {
  database
    .prepare(
      "INSERT INTO identities (store_id, region_id, own_before, refilling, loss_accepted) VALUES (?, ?, ?, ?, ?)",
    )
    .run(row.storeId, row.regionId, row.ownBefore, row.refilling ? 1 : 0, row.lossAccepted ? 1 : 0);
}

export function insertEpoch(database: DatabaseSync, epoch: Epoch): void {
  database
    .prepare("INSERT INTO epochs (epoch, store_id, start_position) VALUES (?, ?, ?)")
    .run(epoch.epoch, epoch.storeId, epoch.startPosition);
}

function readIdentity(database: DatabaseSync): IdentityRow {
  const row = prepareTuples<readonly [string, string, number, Flag, Flag]>(
    database,
    "SELECT store_id, region_id, own_before, refilling, loss_accepted FROM identities ORDER BY number DESC LIMIT 1",
  ).get();
  // createFile writes it before the file gets its name.
  if (row === undefined) throw new Error("the log has no store id");
  const [storeId, regionId, ownBefore, refilling, lossAccepted] = row;
  return { storeId, regionId, ownBefore, refilling: refilling === 1, lossAccepted: lossAccepted === 1 };
}

function readEnd(database: DatabaseSync): number {
  return (
    prepareTuples<readonly [number]>(
      database,
      "SELECT coalesce(max(position + rows - 1), 0) FROM blocks WHERE position = (SELECT max(position) FROM blocks)",
    ).get()?.[0] ?? 0
  );
}

function readOwnSeq(database: DatabaseSync, storeId: string): number {
  const last = prepareTuples<readonly [string, number]>(
    database,
    "SELECT source_store, source_seq + rows - 1 FROM blocks WHERE own = 1 ORDER BY position DESC LIMIT 1",
  ).get();
  return last !== undefined && last[0] === storeId ? last[1] : 0;
}

function readEpochs(database: DatabaseSync): Epoch[] {
  return prepareTuples<readonly [string, string, number]>(
    database,
    "SELECT epoch, store_id, start_position FROM epochs ORDER BY number",
  )
    .all()
    .map(([epoch, storeId, startPosition]) => ({ epoch, storeId, startPosition }));
}

function describeRenaming(before: IdentityRow, now: IdentityRow): LogLine {
  return {
    level: "warn",
    message: `This log belonged to region ${before.regionId} and is now opened as ${now.regionId}: it takes the new store id ${now.storeId} in place of ${before.storeId}`,
    fields: { regionBefore: before.regionId, region: now.regionId, storeBefore: before.storeId, store: now.storeId },
  };
}
