/** What is wrong with one field of a receipt, for people and for machines. */

/** One bad field. A receipt with several has all of them named at once. */
export interface ReceiptProblem {
  /** The field as the sender writes it (`span_id` on the wire, `spanId` in TypeScript); `receipt` for the whole. */
  readonly field: string;
  /** What would be right. */
  readonly message: string;
  /** What came instead, shortened to about 80 characters: safe to log and to send back. */
  readonly received: string;
}

const receivedCharsMax = 80;

/** Adds a problem to the list that a reader of fields fills. */
export function reportProblem(problems: ReceiptProblem[], field: string, message: string, value: unknown): void {
  problems.push({ field, message, received: describeValue(value) });
}

/** One line that shows a value of any origin and size. */
function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, receivedCharsMax));
    return text.length <= receivedCharsMax && value.length <= receivedCharsMax
      ? text
      : `${text.slice(0, receivedCharsMax)}... (${value.length} characters)`;
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") {
    // Digits cost time that grows with their square: whoever sends a million of them gets no echo.
    return value >= -(2n ** 256n) && value <= 2n ** 256n ? String(value) : "a very large bigint";
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
