import type { DatabaseSync } from "node:sqlite";
import type { LogLine } from "@rsync/core";
import { classifyProblem } from "./classify-problem.ts";
import { createFile } from "./create-file.ts";
import { type FreeLock, takeLock } from "./file-lock.ts";
import { inspectFile } from "./inspect-file.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { openFile } from "./open-file.ts";
import { setAside } from "./set-aside.ts";
import { StoreProblemError } from "./store-problem.ts";
import { clearSuspicion } from "./suspicion.ts";

/** What the writing thread needs to open a log; everything random and every label comes from outside (I10). */
export interface OpenLogRequest {
  readonly path: string;
  readonly regionId: string;
  /** For a new file, or one that belonged to another region. */
  readonly newStoreId: string;
  readonly onDamage: "setAside" | "refuse";
  /** Names a damaged file that is set aside. */
  readonly damageLabel: string;
  readonly fileBytesMax: number | undefined;
}

export interface OpenedLog {
  readonly database: DatabaseSync;
  readonly freeLock: FreeLock;
  /** What is to be said about the opening. */
  readonly lines: readonly LogLine[];
}

/** Opens the log at a path, or begins one. Leaves nothing open or locked when it throws. */
export function openLog(request: OpenLogRequest, migrations: readonly Migration[] = MIGRATIONS): OpenedLog {
  const freeLock = takeLock(request.path);
  try {
    return { ...openLocked(request, migrations), freeLock };
  } catch (error) {
    freeLock();
    throw error;
  }
}

function openLocked(request: OpenLogRequest, migrations: readonly Migration[]): Omit<OpenedLog, "freeLock"> {
  const { path } = request;
  const finding = inspectFile(path);
  if (finding === "absent") return { database: begin(request, migrations, false), lines: [] };
  try {
    if (finding === "orphaned") {
      throw new StoreProblemError(
        "damaged",
        `The receipt log ${path} is damaged: its file is gone or empty, while its write-ahead log is still there`,
      );
    }
    return { database: openFile(path, migrations, request.fileBytesMax), lines: [] };
  } catch (error) {
    const problem = classifyProblem(error, path);
    if (problem.kind !== "damaged" || request.onDamage === "refuse") throw error;
    const target = setAside(path, request.damageLabel);
    const database = begin(request, migrations, true);
    return { database, lines: [describeReplacement(path, target, problem.message)] };
  }
}

/** A file that replaces a damaged one begins refilling: what it lacks is known to be lost, so it may not vote (DESIGN §9). */
function begin(request: OpenLogRequest, migrations: readonly Migration[], refilling: boolean): DatabaseSync {
  const { path, regionId, newStoreId: storeId } = request;
  createFile(path, { regionId, storeId, refilling }, migrations);
  clearSuspicion(path);
  return openFile(path, migrations, request.fileBytesMax);
}

function describeReplacement(path: string, setAsideAs: string, reason: string): LogLine {
  return {
    level: "error",
    message: `${reason}. The damaged file was set aside as ${setAsideAs}; an empty log begins and does not vote until the other regions have refilled it or an operator accepts the loss`,
    fields: { path, setAsideAs },
  };
}
