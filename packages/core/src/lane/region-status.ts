/** What a person sees of a remote region, as in the seeds; derived from its lane. */
export interface RegionSyncStatus {
  readonly regionId: string;
  /** Unix seconds of the last success; a label. */
  readonly lastSyncTimestamp: number | undefined;
  readonly isAvailable: boolean;
  /** Consecutive failures since the last success. */
  readonly failureCount: number;
}

/** The seeds' rule: unavailable after so many consecutive failures, available again on the first success. */
export const UNAVAILABLE_AFTER_FAILURES = 3;

/** A region of which nothing is known is taken to be available, as in the seeds. */
export function isAvailable(failureCount: number): boolean {
  return failureCount < UNAVAILABLE_AFTER_FAILURES;
}
