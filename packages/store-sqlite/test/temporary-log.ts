import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogLine, ReceiptStore } from "@rsync/core";
import { seededRandomId } from "@rsync/testkit";
import { vi } from "vitest";
import { type SqliteStoreOptions, sqliteStore } from "../src/index.ts";

// Openings start threads and sync to disk; on a machine that is busy elsewhere some of them take seconds.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** A folder with a log in it; every store opened here is closed, and everything removed, by `remove`. */
export interface TemporaryLog {
  readonly folder: string;
  readonly path: string;
  readonly lines: LogLine[];
  readonly open: (options?: Partial<SqliteStoreOptions>) => Promise<ReceiptStore>;
  readonly remove: () => Promise<void>;
}

let logs = 0;

export function temporaryLog(): TemporaryLog {
  const folder = mkdtempSync(join(tmpdir(), "rsync-store-"));
  const path = join(folder, "receipts.db");
  const lines: LogLine[] = [];
  const opened: ReceiptStore[] = [];
  logs += 1;
  const randomId = seededRandomId(logs);
  return {
    folder,
    path,
    lines,
    open: async (options) => {
      const store = await sqliteStore(path, {
        regionId: "eu-west-1",
        randomId,
        logger: (line) => lines.push(line),
        ...options,
      });
      opened.push(store);
      return store;
    },
    remove: async () => {
      await Promise.all(opened.map((store) => store.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
