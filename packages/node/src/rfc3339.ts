let lastMs = Number.NaN;
let lastText = "";

/**
 * Milliseconds since 1970 as RFC 3339 in UTC, such as `2026-01-02T03:04:05.678Z`. A label (I6). The last one is kept: under load
 * dozens of receipts bear the same, and making it takes as long as hashing one of them.
 */
export function rfc3339(wallMs: number): string {
  if (wallMs !== lastMs) {
    lastText = new Date(wallMs).toISOString();
    lastMs = wallMs;
  }
  return lastText;
}
