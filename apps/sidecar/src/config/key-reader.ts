/** Reads the keys of one object one by one and gathers every problem with its path. */
import { type ConfigProblem, nearestKey, parseDuration } from "@rsync/core";

export class KeyReader {
  readonly problems: ConfigProblem[];
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(input: unknown, path = "", problems: ConfigProblem[] = []) {
    this.problems = problems;
    this.#path = path;
    this.#fields = typeof input === "object" && input !== null && !Array.isArray(input) ? { ...input } : {};
  }

  /** The reader of an object under a key; only these keys may stand there. */
  object(key: string, knownKeys: readonly string[]): KeyReader {
    const value = this.#fields[key] ?? undefined;
    const inner = new KeyReader(value, this.#pathOf(key), this.problems);
    if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
      this.#report(key, `must be an object with ${knownKeys.join(", ")}`);
    }
    for (const written of Object.keys(inner.#fields)) {
      if (knownKeys.includes(written)) continue;
      const meant = nearestKey(written, knownKeys);
      const hint = meant === undefined ? `known are ${knownKeys.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
      this.problems.push({
        path: inner.#pathOf(written),
        message: `Unknown key ${JSON.stringify(written)} (${hint})`,
      });
    }
    return inner;
  }

  /** The value under a key as `parse` reads it; `fallback` where it is absent or wrong. */
  parsed<Value>(
    key: string,
    fallback: Value,
    parse: (value: unknown) => { readonly message: string } | { readonly value: Value },
  ): Value {
    const written = this.#fields[key];
    if (written === undefined) return fallback;
    const read = parse(written);
    if ("value" in read) return read.value;
    this.#report(key, read.message);
    return fallback;
  }

  oneOf<Value extends string>(key: string, fallback: Value, values: readonly Value[]): Value {
    return this.parsed(key, fallback, (written) => {
      const value = values.find((each) => each === written);
      return value === undefined ? { message: `must be ${values.join(", ")}` } : { value };
    });
  }

  flag(key: string): boolean {
    return this.parsed(key, false, (value) =>
      typeof value === "boolean" ? { value } : { message: "must be true or false" },
    );
  }

  texts(key: string): readonly string[] {
    return this.parsed<readonly string[]>(key, [], (value) =>
      Array.isArray(value) && value.every((each) => typeof each === "string")
        ? { value }
        : { message: "must be a list of texts" },
    );
  }

  /** `undefined` where it is absent: the default is known elsewhere. */
  wholeNumber(key: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const { min, max } = range;
    return this.parsed<number | undefined>(key, undefined, (value) =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
        ? { value }
        : { message: `must be a whole number from ${min} to ${max}` },
    );
  }

  /** Milliseconds; `undefined` where it is absent. */
  duration(key: string): number | undefined {
    return this.parsed<number | undefined>(key, undefined, (value) => {
      if (typeof value !== "number" && typeof value !== "string") {
        return { message: 'must be milliseconds or a text such as "500ms", "5s", "1m"' };
      }
      const read = parseDuration(value);
      return read.kind === "parsed" ? { value: read.ms } : { message: read.message };
    });
  }

  /** A problem of a value by itself right. */
  report(key: string, message: string): void {
    this.#report(key, message);
  }

  #report(key: string, message: string): void {
    const path = this.#pathOf(key);
    this.problems.push({ path, message: `${path} ${message}` });
  }

  #pathOf(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }
}
