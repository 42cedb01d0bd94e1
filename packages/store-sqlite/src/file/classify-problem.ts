import { type StoreProblem, StoreProblemError } from "./store-problem.ts";

/** SQLite's primary result codes, as far as they mean something to us. */
const PERMISSION = 3;
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
/** Extended code: the shared-memory index beside the WAL could not grow, which is a full disk (nothing was written yet). */
const IO_ERROR_SHARED_MEMORY_SIZE = IO_ERROR | (19 << 8);

const noAccessCodes = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG"]);

/**
 * Turns whatever SQLite or the file system threw into the kind that callers act on. The only place that looks at result
 * codes; what fits nothing else is `failed`, because after an unknown failure nothing more may be acknowledged.
 */
export function classifyProblem(error: unknown, path: string): StoreProblem {
  if (error instanceof StoreProblemError) return error.problem;
  const said = error instanceof Error ? error.message : String(error);
  const sqliteCode = numberProperty(error, "errcode");
  if (sqliteCode !== undefined) return classifySqlite(sqliteCode, said, path);
  const code = textProperty(error, "code");
  if (code === "ENOSPC" || code === "EDQUOT") return { kind: "full", message: fullMessage(path, said) };
  if (code !== undefined && noAccessCodes.has(code)) return { kind: "no-access", message: noAccessMessage(path, said) };
  return { kind: "failed", message: failedMessage(path, said) };
}

function classifySqlite(code: number, said: string, path: string): StoreProblem {
  if (code === IO_ERROR_SHARED_MEMORY_SIZE) return { kind: "full", message: fullMessage(path, said) };
  switch (code & 0xff) {
    case FULL:
      return { kind: "full", message: fullMessage(path, said) };
    case CORRUPT:
    case NOT_A_DATABASE:
      return { kind: "damaged", message: `The receipt log ${path} is damaged: ${said}` };
    case BUSY:
    case LOCKED:
      return { kind: "locked", message: `Another program holds the receipt log ${path}: ${said}. Nothing was stored` };
    case PERMISSION:
    case READ_ONLY:
    case CANNOT_OPEN:
      return { kind: "no-access", message: noAccessMessage(path, said) };
    default:
      return { kind: "failed", message: failedMessage(path, said) };
  }
}

function fullMessage(path: string, said: string): string {
  return `No space for the receipt log ${path}: ${said}. Nothing was stored; reading goes on, and writing works again once there is space`;
}

function noAccessMessage(path: string, said: string): string {
  return `The receipt log ${path} cannot be opened for writing: ${said}. Its folder must exist, and this process may need rights to write there`;
}

function failedMessage(path: string, said: string): string {
  return `The receipt log ${path} failed: ${said}. Nothing more is acknowledged until it is opened anew; check the disk`;
}

function numberProperty(error: unknown, name: string): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "number" ? value : undefined;
}

function textProperty(error: unknown, name: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}
