/** Milliseconds since 1970 as RFC 3339 in UTC, such as `2026-01-02T03:04:05.678Z`. A label (I6). */
export function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
