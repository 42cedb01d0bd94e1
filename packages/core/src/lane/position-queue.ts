/** Anything that has a place in the log. */
export interface Positioned {
  readonly position: number;
}

/**
 * A queue in the order of positions: almost always filled at the end and emptied at the front, both in constant time; what
 * failed comes back to its old place.
 */
export class PositionQueue<Item extends Positioned> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  first(): Item | undefined {
    return this.#items[this.#head];
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The first of those with the least `weight`, which it asks of every item until one weighs nothing. */
  lightest(weightOf: (item: Item) => number): Item | undefined {
    let lightest: Item | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let index = this.#head; index < this.#items.length && least > 0; index += 1) {
      const item = this.#items[index];
      if (item === undefined || weightOf(item) >= least) continue;
      lightest = item;
      least = weightOf(item);
    }
    return lightest;
  }

  /** Takes an item out, wherever it stands. */
  remove(item: Item): void {
    if (item === this.first()) {
      this.shift();
      return;
    }
    this.#items = this.#items.slice(this.#head).filter((other) => other !== item);
    this.#head = 0;
  }

  /** Puts an item where its position belongs; cheap near either end. */
  insert(item: Item): void {
    const last = this.#items.at(-1);
    if (this.size === 0 || (last !== undefined && last.position <= item.position)) {
      this.#items.push(item);
      return;
    }
    const earlier: Item[] = [];
    for (let next = this.first(); next !== undefined && next.position < item.position; next = this.first()) {
      this.shift();
      earlier.push(next);
    }
    this.#unshift(item);
    for (const back of earlier.reverse()) this.#unshift(back);
  }

  #unshift(item: Item): void {
    if (this.#head === 0) {
      this.#items.unshift(item);
      return;
    }
    this.#head -= 1;
    this.#items[this.#head] = item;
  }
}
