/** The members that are there: one that is `undefined` is left out, and has its default. */
export function defined<Members extends object>(members: Members | undefined): Partial<Members> {
  const given = Object.entries(members ?? {}).filter(([, value]) => value !== undefined);
  // Of the same keys, and with values of theirs.
  return Object.fromEntries(given) as Partial<Members>;
}
