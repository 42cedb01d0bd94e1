/**
 * Bytes to lower-case hex and back. Not every runtime that we support has `Uint8Array.prototype.toHex`, which takes a quarter of the
 * time; reading by table is as quick as the runtime's own.
 */

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const notHex = 0xff;
const nibbleOfCode: Uint8Array = new Uint8Array(128).fill(notHex);
for (const [nibble, digit] of [..."0123456789abcdef"].entries()) {
  nibbleOfCode[digit.charCodeAt(0)] = nibble;
  nibbleOfCode[digit.toUpperCase().charCodeAt(0)] = nibble;
}

/** Two lower-case hex digits for each byte. */
export function hexFromBytes(bytes: Uint8Array): string {
  if (writesHex(bytes)) return bytes.toHex();
  let hex = "";
  for (let index = 0; index < bytes.length; index++) hex += hexOfByte[bytes[index] ?? 0];
  return hex;
}

function writesHex(bytes: Uint8Array): bytes is Uint8Array & { readonly toHex: () => string } {
  return "toHex" in bytes && typeof bytes.toHex === "function";
}

/** The bytes that `hex` stands for, upper or lower case; undefined when a digit is missing or is none. */
export function bytesFromHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = nibbleOfCode[hex.charCodeAt(index * 2)] ?? notHex;
    const low = nibbleOfCode[hex.charCodeAt(index * 2 + 1)] ?? notHex;
    if (high === notHex || low === notHex) return undefined;
    bytes[index] = (high << 4) | low;
  }
  return bytes;
}
