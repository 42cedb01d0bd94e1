/** What the manager reports, as the app API writes it: snake_case names, nothing where nothing is known. */
import { type DeadLetter, describeFault } from "@rsync/core";
import type {
  Inspection,
  RegionError,
  RegionInspection,
  RegionReport,
  RegionSyncResult,
  ReplayedDeadLetters,
  SelectedDeadLetters,
  SyncResult,
} from "@rsync/node";

type Members = Readonly<Record<string, unknown>>;

export function syncResultMembers(result: SyncResult): Members {
  return {
    receipt_id: result.receiptId,
    digest: result.digest,
    committed: result.committed,
    outcome: result.outcome,
    quorum_achieved: result.quorumAchieved,
    synced_regions: result.syncedRegions,
    total_regions: result.totalRegions,
    errors: result.errors.map(([regionId, error]) => ({ region_id: regionId, ...errorMembers(error) })),
    regions: result.regions.map(regionResultMembers),
    policy_digest: result.policyDigest,
  };
}

function regionResultMembers(region: RegionSyncResult): Members {
  return {
    region_id: region.regionId,
    vote: region.vote,
    attempts: region.attempts,
    latency_ms: region.latencyMs === undefined ? undefined : Math.round(region.latencyMs * 1_000) / 1_000,
    durability: region.durability,
    error: region.error === undefined ? undefined : errorMembers(region.error),
  };
}

function errorMembers({ kind, message, status }: RegionError): Members {
  return { kind, message, status };
}

export function inspectionMembers(inspection: Inspection): Members {
  return {
    receipt_id: inspection.receiptId,
    digest: inspection.digest,
    committed: inspection.committed,
    verdict: inspection.verdict,
    quorum_achieved: inspection.quorumAchieved,
    confirmed_regions: inspection.confirmedRegions,
    total_regions: inspection.totalRegions,
    regions: inspection.regions.map(regionInspectionMembers),
    policy_digest: inspection.policyDigest,
  };
}

function regionInspectionMembers(region: RegionInspection): Members {
  return {
    region_id: region.regionId,
    finding: region.finding,
    confirmed: region.confirmed,
    digest: region.digest,
    committed: region.committed,
    error: region.error === undefined ? undefined : errorMembers(region.error),
  };
}

export function regionReportMembers(report: RegionReport): Members {
  return {
    region_id: report.regionId,
    endpoint: report.endpoint,
    weight: report.weight,
    is_available: report.isAvailable,
    failure_count: report.failureCount,
    last_sync_timestamp: report.lastSyncTimestamp,
    health: report.health,
    trouble: report.trouble,
    missing: report.missing,
    dead_letters: report.deadLetters,
    poison: report.poison,
    reported_region: report.reportedRegion,
    store_id: report.storeId,
    split: report.split,
    refilling: report.refilling,
    unproven: report.unproven,
    durability: report.durability,
    same_policy: report.samePolicy,
  };
}

export function deadLetterMembers(letter: DeadLetter): Members {
  const { fault } = letter;
  const answered = fault.kind === "status" ? fault : undefined;
  return {
    number: letter.number,
    region_id: letter.regionId,
    store_id: letter.storeId,
    receipt_id: letter.receiptId,
    digest: letter.digest,
    committed: letter.committed,
    position: letter.position,
    kind: letter.kind,
    status: letter.status,
    error: {
      kind: fault.kind,
      message: describeFault(fault),
      status: answered?.status,
      problem: answered?.problem?.kind,
      held_digest: answered?.problem?.heldDigest,
    },
    attempts: letter.attempts,
    first_buried_at: letter.firstBuriedAt,
    buried_at: letter.buriedAt,
    settled_at: letter.settledAt,
  };
}

export function replayedMembers(replayed: ReplayedDeadLetters): Members {
  const { resolved, refused, waiting } = replayed;
  return { ...selectedMembers(replayed), resolved, refused, waiting };
}

export function selectedMembers({ dryRun, count, regions, letters }: SelectedDeadLetters): Members {
  return {
    dry_run: dryRun,
    count,
    regions: regions.map((region) => ({ region_id: region.regionId, count: region.count })),
    dead_letters: letters.map(deadLetterMembers),
  };
}
