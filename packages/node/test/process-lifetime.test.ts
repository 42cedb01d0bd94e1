import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("./waiting-process.ts", import.meta.url));

describe("a process whose only work is a wait", () => {
  it("lives until the wait is over, and ends although the receipt is still owed", async () => {
    const ran = await promisify(execFile)(process.execPath, ["--conditions=@rsync/source", script]);
    expect(ran.stdout.trim()).toBe("pending");
  });
});
