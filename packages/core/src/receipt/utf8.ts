/** Text to UTF-8: `TextEncoder` belongs to hosts, not to the language, and this package stands on the language alone. */

/** The UTF-8 bytes of `text`. Half of a surrogate pair becomes U+FFFD, as everywhere. */
export function utf8FromText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return utf8FromWideText(text);
    bytes[index] = code;
  }
  return bytes;
}

function utf8FromWideText(text: string): Uint8Array {
  // One UTF-16 unit takes at most three bytes; a pair takes four, which is less than twice three.
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text.toWellFormed()) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) {
      bytes[length++] = point;
    } else if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else {
      bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    }
  }
  return bytes.slice(0, length);
}
