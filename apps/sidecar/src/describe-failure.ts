/** What was thrown, in one line. */
export function describeFailure(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replaceAll(/\s*\n\s*/g, "; ");
}
