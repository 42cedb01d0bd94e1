/** What happened, in order: a hash over all of it, and the last part in words. */

interface Note {
  readonly atMs: number;
  readonly region: string;
  readonly what: string;
  readonly detail: string;
}

/** Notes kept in words; the hash is over all of them. */
const NOTES_MAX = 4_000;

/** Two runs of one seed give the same hash, or something below reads a clock or a random source by itself (I10). */
export class Trace {
  readonly #notes: Note[] = [];
  #begin = 0;
  #high = 0x811c9dc5;
  #low = 0x1b873593;

  note(atMs: number, region: string, what: string, detail = ""): void {
    const index = this.#begin % NOTES_MAX;
    this.#notes[index] = { atMs, region, what, detail };
    this.#begin += 1;
    this.#add(`${atMs.toFixed(3)}${region}${what}${detail}`);
  }

  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, "0") + (this.#low >>> 0).toString(16).padStart(8, "0");
  }

  /** The last notes, oldest first; of one receipt and of everything that has no receipt where an id is given. */
  last(count: number, receiptId?: string): readonly string[] {
    const begin = Math.max(0, this.#begin - NOTES_MAX);
    const ordered = Array.from({ length: this.#begin - begin }, (_, index) => this.#notes[(begin + index) % NOTES_MAX]);
    return ordered
      .filter((note) => note !== undefined)
      .filter(
        ({ detail }) => receiptId === undefined || !detail.startsWith("rec-") || detail.split(" ").includes(receiptId),
      )
      .slice(-count)
      .map(({ atMs, region, what, detail }) => `${atMs.toFixed(1).padStart(12)} ${region} ${what} ${detail}`.trimEnd());
  }

  #add(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      this.#high = Math.imul(this.#high ^ code, 0x01000193);
      this.#low = Math.imul(this.#low ^ code, 0x85ebca6b) + (this.#low >>> 13);
    }
  }
}
