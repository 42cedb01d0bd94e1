import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder that is gone when this process ends, in whatever way it can still notice. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "receipt-sync-bench-"));
  // A server that runs as another user has to reach its own folder inside.
  chmodSync(folder, 0o711);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  return folder;
}
