/** A store that fails at the beginning or at the end: the process ends, and says so. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { spawnSidecar } from "./start-sidecar.ts";

const program = fileURLToPath(new URL("troubled-process.ts", import.meta.url));

describe("a store that fails", () => {
  it("to close at the end of a drain ends the process as a mistake", { timeout: 20_000 }, async () => {
    const sidecar = spawnSidecar(["close"], {}, { program });
    await sidecar.line(/^ready$/);
    expect(await sidecar.end("SIGTERM")).toMatchObject({ code: 4, signal: null });
    expect(await sidecar.line(/^Internal error: it does not close$/)).toMatchObject({
      level: "error",
      stack: expect.stringContaining("troubled-process.ts"),
    });
  });

  it("before anybody listens ends the process as any failed store", { timeout: 20_000 }, async () => {
    const sidecar = spawnSidecar(["before"], {}, { program });
    expect(await sidecar.exit).toMatchObject({ code: 3, signal: null });
    await sidecar.line(/^The store failed, nothing more is acknowledged: the disk is gone$/);
  });
});
