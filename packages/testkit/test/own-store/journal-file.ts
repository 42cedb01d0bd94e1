/** A file that only grows: lines, each with its checksum, durable once `append` has resolved. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { StoreError } from "@rsync/core";

export interface JournalFile {
  /** What was in it when it was opened, line by line. */
  readonly found: readonly string[];
  /** Rejects with `full`, then the file is as it was, or with `failed`, then nobody knows what it holds. */
  readonly append: (lines: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens or makes it. The half line that a crash left at the end was never acknowledged, so it is cut off. */
export async function openJournalFile(path: string): Promise<JournalFile> {
  const file = await open(path, "a+");
  const text = await file.readFile("utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const found = whole.split("\n").slice(0, -1).map(checkedLine);
  let bytes = Buffer.byteLength(whole);
  await file.truncate(bytes);
  await file.sync();
  return {
    found,
    append: async (lines) => {
      const added = lines.map((line) => `${checksum(line)} ${line}\n`).join("");
      await write(file, added, bytes);
      bytes += Buffer.byteLength(added);
    },
    close: () => file.close(),
  };
}

async function write(file: FileHandle, text: string, bytesBefore: number): Promise<void> {
  try {
    await file.appendFile(text);
    await file.datasync();
  } catch (error) {
    if (!isFull(error)) throw new StoreError("failed", "A write or an fsync failed; open the journal again", error);
    await file.truncate(bytesBefore).catch((cause: unknown) => {
      throw new StoreError("failed", "The disk is full, and what was half written could not be taken back", cause);
    });
    throw new StoreError("full", "The disk is full; nothing was stored", error);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function checkedLine(stored: string, index: number): string {
  const [sum, line] = [stored.slice(0, SUM_CHARS), stored.slice(SUM_CHARS + 1)];
  if (sum === checksum(line)) return line;
  throw new StoreError("damaged", `Line ${index + 1} of the journal is not what was written`);
}

const SUM_CHARS = 16;

function checksum(line: string): string {
  return createHash("sha256").update(line).digest("hex").slice(0, SUM_CHARS);
}
