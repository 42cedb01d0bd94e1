/**
 * The rule of each kind of field, once: DESIGN's table of the receipt in code.
 *
 * A reader returns the value, or adds a problem to the list and returns a placeholder; whoever calls looks at the list
 * before using any value. That way all bad fields are named at once and the ordinary case allocates nothing extra.
 */
import { bytesFromHex } from "./hex.ts";
import { type ReceiptProblem, reportProblem } from "./receipt-problem.ts";

const hashBytesMax = 256;
const u32Max = 0xffff_ffff;
const u64Max = 0xffff_ffff_ffff_ffffn;

/** 1 to 256 code points, none of category Cc (control) or Cs (a surrogate without its partner). */
const identifierForm = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
const decimalForm = /^(?:0|[1-9]\d{0,19})$/;
const timestampForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,32})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** An id or a region's name: 1 to 256 code points without control characters, taken exactly as it is. */
export function readIdentifier(problems: ReceiptProblem[], field: string, value: unknown): string {
  if (typeof value === "string" && identifierForm.test(value)) return value;
  reportProblem(problems, field, `${field} ${identifierFault(value)}`, value);
  return "";
}

function identifierFault(value: unknown): string {
  if (typeof value !== "string") return "must be a string of 1 to 256 characters";
  if (value === "") return "cannot be empty";
  if (!value.isWellFormed()) return "must not hold half of a surrogate pair";
  if (/\p{Cc}/u.test(value)) return "must not hold control characters";
  return "must be at most 256 characters (code points) long";
}

/** Bytes as hex, 1 to 256 of them. */
export function readHexBytes(problems: ReceiptProblem[], field: string, value: unknown): Uint8Array {
  const inRange = typeof value === "string" && value.length > 0 && value.length <= hashBytesMax * 2;
  const bytes = inRange ? bytesFromHex(value) : undefined;
  if (bytes !== undefined) return bytes;
  const message = `${field} must be hex digits for 1 to ${hashBytesMax} bytes, two for each byte`;
  reportProblem(problems, field, message, value);
  return new Uint8Array();
}

/** Bytes as such, 1 to 256 of them, or as hex. Copied, so that a later change of the caller's buffer changes nothing. */
export function readBytes(problems: ReceiptProblem[], field: string, value: unknown): Uint8Array {
  if (typeof value === "string") return readHexBytes(problems, field, value);
  if (value instanceof Uint8Array && value.length > 0 && value.length <= hashBytesMax) return new Uint8Array(value);
  const message = `${field} must be a Uint8Array of 1 to ${hashBytesMax} bytes, or their hex digits`;
  reportProblem(problems, field, message, value);
  return new Uint8Array();
}

/** An unsigned 32-bit integer. */
export function readU32(problems: ReceiptProblem[], field: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= u32Max)
    return value === 0 ? 0 : value;
  reportProblem(problems, field, `${field} must be a whole number from 0 to ${u32Max}`, value);
  return 0;
}

/**
 * An unsigned 64-bit integer: a bigint, a number that is still exact (up to 2^53 - 1), or decimal digits without sign
 * and leading zeros. A larger number has lost digits before it came here and is refused.
 */
export function readU64(problems: ReceiptProblem[], field: string, value: unknown): bigint {
  const exact = exactInteger(value);
  if (exact !== undefined && exact >= 0n && exact <= u64Max) return exact;
  const rounded = typeof value === "number" && Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER;
  const hint = rounded ? "; beyond 2^53 - 1 only plain digits, a decimal string or a bigint are exact" : "";
  reportProblem(problems, field, `${field} must be a whole number from 0 to ${u64Max}${hint}`, value);
  return 0n;
}

function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && decimalForm.test(value) ? BigInt(value) : undefined;
}

/** A sequence number: from 1 to 2^53 - 1. */
export function readSequence(problems: ReceiptProblem[], field: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  reportProblem(problems, field, `${field} must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`, value);
  return 0;
}

/** True or false, and nothing that merely looks like it. */
export function readBoolean(problems: ReceiptProblem[], field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  reportProblem(problems, field, `${field} must be true or false`, value);
  return false;
}

/** A date and time in the form of RFC 3339, kept as written. */
export function readTimestamp(problems: ReceiptProblem[], field: string, value: unknown): string {
  if (typeof value === "string" && timestampForm.test(value)) return value;
  reportProblem(problems, field, `${field} must be an RFC 3339 time such as 2025-11-16T12:00:00Z`, value);
  return "";
}
