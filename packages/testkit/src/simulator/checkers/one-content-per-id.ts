/** I4: one id, one content per store, for ever; and numbers that name one row each, without gaps (DESIGN §9). */
import type { LogRow } from "@rsync/core";
import type { Checker, WorldView } from "../observation.ts";

export function oneContentPerId(): Checker {
  const positions = new Map<string, number>();
  const sequences = new Map<string, number>();
  const numbered = new Map<string, string>();
  const tainted = new Set<string>();
  return {
    name: "one-content-per-id",
    observe: (observation, world) => {
      if (observation.kind === "destroyed") {
        forget(observation.regionId, world, { positions, sequences, tainted });
        return undefined;
      }
      if (observation.kind !== "rowsDurable") return undefined;
      for (const row of observation.rows) {
        const problem =
          contents(row, observation, world) ??
          position(row, observation.regionId, positions) ??
          sequence(row, sequences, tainted) ??
          number(row, numbered, tainted);
        if (problem !== undefined) return `${observation.regionId}: ${problem}`;
      }
      return undefined;
    },
  };
}

/** After a copy was restored the store counts on from there; until it hears of that, its numbers name two rows. */
function forget(
  regionId: string,
  world: WorldView,
  known: { positions: Map<string, number>; sequences: Map<string, number>; tainted: Set<string> },
): void {
  known.positions.delete(regionId);
  const { storeId } = world.durable(regionId).introduction.store;
  known.tainted.add(storeId);
  known.sequences.delete(storeId);
}

function contents({ record }: LogRow, { regionId }: { regionId: string }, world: WorldView): string | undefined {
  const digests = world.disk(regionId).digestsNow(record.receiptId);
  return digests.size > 1 ? `holds ${digests.size} contents under ${record.receiptId}` : undefined;
}

function position(row: LogRow, regionId: string, positions: Map<string, number>): string | undefined {
  const before = positions.get(regionId);
  positions.set(regionId, row.position);
  if (before === undefined || row.position === before + 1) return undefined;
  return `position ${row.position} follows ${before}`;
}

function sequence({ own, record }: LogRow, sequences: Map<string, number>, tainted: Set<string>): string | undefined {
  const { sourceStore, sourceSeq } = record;
  if (!own || sourceStore === undefined || sourceSeq === undefined || tainted.has(sourceStore)) return undefined;
  const before = sequences.get(sourceStore) ?? 0;
  sequences.set(sourceStore, sourceSeq);
  return sourceSeq === before + 1 ? undefined : `own number ${sourceSeq} of ${sourceStore} follows ${before}`;
}

function number({ record }: LogRow, numbered: Map<string, string>, tainted: Set<string>): string | undefined {
  const { sourceStore, sourceSeq, receiptId, digest, committed } = record;
  if (sourceStore === undefined || sourceSeq === undefined || tainted.has(sourceStore)) return undefined;
  const key = `${sourceStore} ${sourceSeq}`;
  const named = `${receiptId} ${digest} ${committed}`;
  const before = numbered.get(key);
  numbered.set(key, named);
  return before === undefined || before === named ? undefined : `${key} names ${before} and ${named}`;
}
