/** Numbers in words, for lines that name many of them: `1`, `2 to 5, 9`. */
export function describeNumbers(numbers: readonly number[], rangesMax = 20): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges.slice(0, rangesMax).map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  const hidden = ranges.slice(rangesMax).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  return hidden === 0 ? shown.join(", ") : `${shown.join(", ")} and ${hidden} more`;
}
