/** A whole number for people: `12,345`. */
export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
