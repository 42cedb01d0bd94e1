/** Which known key was probably meant? */

/** The known key that `key` is at most two edits away from, ignoring case, `-` and `_`; undefined when none is. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const wanted = plain(key);
  let nearest: string | undefined;
  let nearestEdits = 3;
  for (const candidate of known) {
    const edits = editsBetween(wanted, plain(candidate));
    if (edits < nearestEdits) {
      nearest = candidate;
      nearestEdits = edits;
    }
  }
  return nearest;
}

/** Bounded, as anyone may have written the key: the keys that we know are far shorter. */
function plain(key: string): string {
  return key.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, "");
}

/** Levenshtein's distance, one row at a time. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [leftIndex, leftUnit] of [...left].entries()) {
    const next = [leftIndex + 1];
    for (const [rightIndex, rightUnit] of [...right].entries()) {
      const replaced = (row[rightIndex] ?? 0) + (leftUnit === rightUnit ? 0 : 1);
      next.push(Math.min(replaced, (row[rightIndex + 1] ?? 0) + 1, (next[rightIndex] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
