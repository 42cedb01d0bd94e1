import { styleText } from "node:util";

export type Style = "bold" | "green" | "yellow" | "red" | "dim";

/** Where a command speaks: results on the standard output, everything else on the standard error. */
export class Terminal {
  readonly #out = process.stdout;
  readonly #err = process.stderr;

  /** Whether somebody watches the standard error: progress bars are for them. */
  get isWatched(): boolean {
    return this.#err.isTTY === true;
  }

  /** A result: one line, or several. */
  print(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** A result for machines, on one line. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** Something that is no result: trouble, progress, advice. */
  note(text: string): void {
    this.#err.write(`${printable(text)}\n`);
  }

  /** Resolves when whoever reads our results has kept up: who prints many waits for it now and then. */
  async drained(): Promise<void> {
    if (this.#out.writableNeedDrain) await new Promise((resolve) => this.#out.once("drain", resolve));
  }

  /** Resolves when everything said has left the process. */
  async flush(): Promise<void> {
    const streams = [this.#out, this.#err];
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.write("", resolve))));
  }

  /** Colours for the standard output: none where it is no terminal, or NO_COLOR asks for none. */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#out });
  }
}

/** Without the characters that move a terminal's cursor or change its colours: texts of other regions end up here. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, "\u{fffd}");
}
