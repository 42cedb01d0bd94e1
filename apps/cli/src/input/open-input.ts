import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { CommandError } from "../command-error.ts";

/** Where receipts come from, and how much there is where that can be told. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Size in bytes; undefined for a pipe. */
  readonly bytesTotal: number | undefined;
}

/** Opens a file, or the standard input for `-`. */
export async function openInput(path: string): Promise<Input> {
  if (path === "-") return { name: "standard input", chunks: process.stdin, bytesTotal: undefined };
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadableFile(path, error);
  });
  if (stats.isDirectory()) throw new CommandError(`${path} is a folder, not a file`);
  const bytesTotal = stats.isFile() ? stats.size : undefined;
  return { name: path, chunks: readFile(path), bytesTotal };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

/** What the system says about a file, in words. */
export function unreadableFile(path: string, error: unknown): CommandError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "no permission to read it",
    EISDIR: "it is a folder",
  };
  return new CommandError(`cannot read ${path}: ${reasons[code] ?? (error instanceof Error ? error.message : code)}`);
}
