/** What the sidecar's app API answers, as far as the command looks at it. */

/** Outcome of one receipt, as the sidecar calls it. */
export type Outcome = "committed" | "pending" | "refused" | "disabled";

interface RegionErrorReply {
  readonly region_id: string;
  readonly kind: string;
  readonly message: string;
}

/** The result of one receipt: of a single one, or one line of a stream. */
export interface SyncReply {
  readonly receipt_id: string;
  readonly outcome: Outcome;
  readonly synced_regions: number;
  readonly total_regions: number;
  readonly errors: readonly RegionErrorReply[];
}

/** What one region holds. */
interface RegionInspectionReply {
  readonly region_id: string;
  readonly finding: string;
  readonly confirmed: boolean;
  readonly error?: RegionErrorReply | null;
}

export interface QuorumReply {
  readonly receipt_id: string;
  readonly digest?: string | null;
  readonly verdict: string;
  readonly quorum_achieved: boolean;
  /** False: nothing is asked of the others, and `quorum_achieved` says nothing about them. */
  readonly sync_enabled: boolean;
  readonly confirmed_regions: number;
  readonly total_regions: number;
  readonly regions: readonly RegionInspectionReply[];
}

/** Status of one remote region. */
export interface RegionReply {
  readonly region_id: string;
  readonly endpoint: string;
  readonly is_available: boolean;
  readonly failure_count: number;
  readonly last_sync_timestamp?: number | null;
  readonly health: string;
  readonly trouble?: string | null;
  readonly missing: number;
  readonly dead_letters: number;
  /** How many of them are poison. */
  readonly poison: number;
  readonly reported_region?: string | null;
  readonly split: boolean;
  readonly refilling: boolean;
  readonly unproven: boolean;
  readonly same_policy?: boolean | null;
}

/** The sidecar's own region. */
export interface OwnRegionReply {
  readonly region: string;
  readonly sync_enabled: boolean;
  readonly store_id: string;
  readonly durability: string;
  readonly position: number;
  readonly refilling: boolean;
}

export interface HealthReply {
  readonly available_regions: number;
  readonly total_regions: number;
  readonly quorum: boolean;
}

/** What became of accepting a loss. */
export interface AcceptLossReply {
  readonly store_id: string;
  /** False where there was nothing to accept. */
  readonly accepted: boolean;
}

/** What another region did not take. */
export interface DeadLetterReply {
  readonly number: number;
  readonly region_id: string;
  readonly store_id: string;
  readonly receipt_id: string;
  readonly digest: string;
  readonly committed: boolean;
  readonly kind: string;
  readonly status: string;
  readonly error: RegionErrorReply & { readonly held_digest?: string | null };
  readonly attempts: number;
  readonly first_buried_at: string;
  readonly buried_at: string;
  readonly settled_at?: string | null;
  /** Only where one is shown: false when the region has another store by now. */
  readonly of_current_store?: boolean;
}

/** What was selected, and acted on unless it was a dry run. */
export interface SelectedDeadLettersReply {
  readonly dry_run: boolean;
  readonly count: number;
  readonly regions: readonly { readonly region_id: string; readonly count: number }[];
  /** The first of them. */
  readonly dead_letters: readonly DeadLetterReply[];
  /** Of a replay: acknowledged by now, refused once more, and neither. */
  readonly resolved?: number;
  readonly refused?: number;
  readonly waiting?: number;
}
