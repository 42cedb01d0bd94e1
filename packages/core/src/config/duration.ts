/** How long is `"5s"`? */

/** Timers of the runtimes that we support wrap around above this: 2147483647 ms, a little over 24 days. */
export const DURATION_MS_MAX = 2_147_483_647;

/** Whole milliseconds, more than 0; or why not. `message` continues a sentence that begins with the thing's name. */
export type ParsedDuration =
  | { readonly kind: "parsed"; readonly ms: number }
  | { readonly kind: "invalid"; readonly message: string };

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const durationForm = /^(\d{1,12}(?:\.\d{1,6})?) ?(ms|s|m|h)$/;
const zeroOrLessForm = /^(?:-.*|0+(?:\.0+)?)\s*(?:ms|s|m|h)?$/;

/**
 * Reads a number of milliseconds, or digits with one of the units ms, s, m, h (`"500ms"`, `"1.5s"`, `"2 h"`). Refused:
 * zero and less (`must be > 0`), parts of a millisecond, more than {@link DURATION_MS_MAX}.
 */
export function parseDuration(value: number | string): ParsedDuration {
  if (typeof value === "string" && zeroOrLessForm.test(value)) return mustBePositive;
  const ms = typeof value === "number" ? value : textMs(value);
  if (ms === undefined || !Number.isFinite(ms))
    return { kind: "invalid", message: 'must be milliseconds or a text such as "500ms", "5s", "1m"' };
  if (ms <= 0) return mustBePositive;
  const whole = Math.round(ms);
  // 1.1 s is 1100.0000000000002 ms in binary: that is meant to be whole. 0.5 ms is not.
  if (Math.abs(whole - ms) > 1e-6) return { kind: "invalid", message: "must be whole milliseconds" };
  if (whole > DURATION_MS_MAX) return { kind: "invalid", message: `must be at most ${DURATION_MS_MAX} ms (24 days)` };
  return { kind: "parsed", ms: whole };
}

const mustBePositive: ParsedDuration = { kind: "invalid", message: "must be > 0" };

function textMs(text: string): number | undefined {
  const parts = durationForm.exec(text.trim());
  const factor = unitMs[parts?.[2] ?? ""];
  return parts === null || factor === undefined ? undefined : Number(parts[1]) * factor;
}
