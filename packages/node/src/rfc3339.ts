let lastMs = Number.NaN;
let lastText = "";

/**
 * Milliseconds since 1970 as RFC 3339 in UTC, such as `2026-01-02T03:04:05.678Z`. A label (I6). Under load many receipts are labelled
 * within one millisecond, so the last text is kept.
 */
export function rfc3339(wallMs: number): string {
  const ms = Math.trunc(wallMs);
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
