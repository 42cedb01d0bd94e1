import {
  describeFault,
  type Fault,
  judge,
  type Outcome,
  type ProvenDurability,
  type ReceiptState,
  type RegionTally,
  type Tally,
  type Trouble,
} from "@rsync/core";

/** Why a region has not confirmed: a sentence for people, a kind for machines. */
export interface RegionError {
  /** The kind of fault, or why the region's word is no vote. */
  readonly kind: Fault["kind"] | Exclude<Trouble["kind"], "fault" | "noVote"> | "refilling" | "notDurable";
  readonly message: string;
  /** The HTTP status, where one came. */
  readonly status: number | undefined;
}

/** What one region said within the call. */
export interface RegionSyncResult {
  readonly regionId: string;
  readonly vote: "confirmed" | "refused" | "pending";
  /** Requests that carried the receipt to it so far; 0 for the local region. */
  readonly attempts: number;
  /** Milliseconds from the beginning of the call to the confirmation. */
  readonly latencyMs: number | undefined;
  readonly durability: ProvenDurability | undefined;
  readonly error: RegionError | undefined;
}

/** What became of a receipt as far as the call waited (DESIGN §7). */
export interface SyncResult {
  readonly receiptId: string;
  /** Digest and `committed` of the state that was judged. */
  readonly digest: string;
  readonly committed: boolean;
  /**
   * `committed`: a quorum holds it durably. `pending`: not known yet; it is being delivered, and `awaitQuorum` resumes the
   * wait, also after a restart. `refused`: so many regions refused it that it can not become committed without an operator's
   * act. `disabled`: stored here; sync is switched off.
   */
  readonly outcome: Outcome | "disabled";
  readonly quorumAchieved: boolean;
  /** Regions that confirmed, the local one included. */
  readonly syncedRegions: number;
  /** Regions that get the receipt, the local one included; 0 when sync is disabled. */
  readonly totalRegions: number;
  /** Region id and error of each region that has not confirmed and told why. */
  readonly errors: ReadonlyArray<readonly [regionId: string, error: RegionError]>;
  readonly regions: readonly RegionSyncResult[];
  /** SHA-256 of the policy that judged (DESIGN §11). */
  readonly policyDigest: string;
}

/** The result of a tally as it stands. */
export function syncResultOf(state: ReceiptState, tally: Tally, policyDigest: string): SyncResult {
  const regions: RegionSyncResult[] = [];
  const errors: (readonly [string, RegionError])[] = [];
  let syncedRegions = 0;
  for (const [regionId, region] of tally.regions) {
    const result = regionResult(regionId, region);
    regions.push(result);
    if (result.vote === "confirmed") syncedRegions += 1;
    if (result.error !== undefined) errors.push([regionId, result.error]);
  }
  const outcome = judge(tally);
  return {
    receiptId: state.receiptId,
    digest: state.digest,
    committed: state.committed,
    outcome,
    quorumAchieved: outcome === "committed",
    syncedRegions,
    totalRegions: tally.regions.size,
    errors,
    regions,
    policyDigest,
  };
}

/** The result where no region was asked: sync is disabled, or the local region refused it. */
export function localResult(
  state: ReceiptState,
  outcome: "disabled" | "refused",
  policyDigest: string,
  refusal?: { readonly regionId: string; readonly totalRegions: number; readonly trouble: Trouble },
): SyncResult {
  const error = refusal === undefined ? undefined : regionErrorOf(refusal.trouble);
  const regions: RegionSyncResult[] =
    refusal === undefined
      ? []
      : [
          {
            regionId: refusal.regionId,
            vote: "refused",
            attempts: 0,
            latencyMs: undefined,
            durability: undefined,
            error,
          },
        ];
  return {
    receiptId: state.receiptId,
    digest: state.digest,
    committed: state.committed,
    outcome,
    quorumAchieved: false,
    syncedRegions: 0,
    totalRegions: refusal?.totalRegions ?? 0,
    errors: refusal === undefined || error === undefined ? [] : [[refusal.regionId, error]],
    regions,
    policyDigest,
  };
}

/** One sentence and one kind for why a region has not confirmed. */
export function regionErrorOf(trouble: Trouble): RegionError {
  switch (trouble.kind) {
    case "fault": {
      const status =
        trouble.fault.kind === "status" || trouble.fault.kind === "garbled" ? trouble.fault.status : undefined;
      return { kind: trouble.fault.kind, message: describeFault(trouble.fault), status };
    }
    case "noVote": {
      const message =
        trouble.reason === "refilling"
          ? "holds it, but its store was replaced and does not vote until complete or the loss is accepted"
          : "holds it, but only in memory, which requireDurable does not count";
      return { kind: trouble.reason, message, status: undefined };
    }
    case "absent":
      return { kind: "absent", message: "does not hold it", status: undefined };
    case "notCommitted":
      return { kind: "notCommitted", message: "holds it with committed false", status: undefined };
    case "pruned":
      return { kind: "pruned", message: "held it and has pruned it", status: undefined };
    case "unknown":
      return { kind: "unknown", message: "can not tell: its store is still refilling", status: undefined };
    case "different":
      return {
        kind: "different",
        message: `holds other content under this id (digest ${trouble.digest})`,
        status: undefined,
      };
  }
}

function regionResult(regionId: string, region: RegionTally): RegionSyncResult {
  const { vote, attempts, latencyMs, durability, trouble } = region;
  return {
    regionId,
    vote: vote === "waiting" ? "pending" : vote,
    attempts,
    latencyMs,
    durability,
    error: trouble === undefined ? undefined : regionErrorOf(trouble),
  };
}
