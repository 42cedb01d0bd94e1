/**
 * How long does a reply ask us to wait?
 *
 * `Retry-After` holds seconds or a date. A date is only ever used as a delay: its distance from the reply's own `Date`, which
 * the same clock stamped, or else from our wall clock (I6).
 */

const seconds = /^\d{1,15}$/;
/** The three forms of RFC 9110: the usual one, and two that must still be understood. All of them are in UTC. */
const dates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** Milliseconds from now, at least 0 and of any size; undefined where the reply asks for nothing that can be understood. */
export function retryAfterMs(header: (name: string) => string | undefined, wallMs: () => number): number | undefined {
  const asked = header("retry-after")?.trim();
  if (asked === undefined) return undefined;
  if (seconds.test(asked)) return Number(asked) * 1000;
  const untilMs = parseHttpDate(asked);
  if (untilMs === undefined) return undefined;
  const stamped = header("date")?.trim();
  const fromMs = (stamped === undefined ? undefined : parseHttpDate(stamped)) ?? wallMs();
  return Math.max(0, untilMs - fromMs);
}

function parseHttpDate(text: string): number | undefined {
  if (!dates.some((form) => form.test(text))) return undefined;
  const ms = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
