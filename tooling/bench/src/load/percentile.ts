/** The smallest of the sorted numbers that is not below `share` (0 to 1) of them. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * sorted.length) - 1;
  const value = sorted[Math.max(0, rank)];
  if (value === undefined) throw new Error("There is no percentile of no numbers");
  return value;
}

/** The middle number; of an even count the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const lower = percentile(sorted, 0.5);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? lower;
  return (lower + upper) / 2;
}
