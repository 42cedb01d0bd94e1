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
