/** Longer than most ids (they have at most 256 code points), and short enough for a log line. */
const charsMax = 256;

/**
 * The beginning of a name that a peer sent, fit for faults and log lines: at most 256 characters and a mark where it was cut.
 * Control and formatting characters (terminal codes, line breaks, text that runs backwards) are shown by their numbers.
 */
export function shownPeerText(text: string): string {
  const shown = text.slice(0, charsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
  return text.length <= charsMax && shown.length <= charsMax ? shown : `${shown.slice(0, charsMax)}…`;
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
