/** The results of `work` for each item, in the order of the items, with at most `atOnceMax` of them under way. */
export async function* mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  atOnceMax: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<{ readonly item: Item; readonly result: Result }> {
  const underWay: Promise<{ readonly item: Item; readonly result: Result }>[] = [];
  for (const item of items) {
    const doing = work(item).then((result) => ({ item, result }));
    doing.catch(() => {}); // told to whoever takes it, in its turn
    underWay.push(doing);
    const first = underWay.length >= atOnceMax ? underWay.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const rest of underWay) yield await rest;
}
