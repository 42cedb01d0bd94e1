const charsMax = 200;
const bytesMax = 4 * charsMax;

/**
 * The beginning of what a peer sent, fit for a log line: at most 200 characters on one line. Control and formatting
 * characters (terminal codes, line breaks, text that runs backwards) become spaces.
 */
export function excerptOf(body: Uint8Array): string {
  return excerptOfText(new TextDecoder().decode(body.subarray(0, bytesMax)));
}

/** The same for text that was decoded already, such as a problem's detail. */
export function excerptOfText(text: string): string {
  const line = text
    .slice(0, bytesMax)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length <= charsMax ? line : line.slice(0, charsMax).replace(/\p{Cs}$/u, "");
}
