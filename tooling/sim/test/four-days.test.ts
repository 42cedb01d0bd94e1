import { fourDaysAway } from "@rsync/testkit";
import { expect, it } from "vitest";
import { startManager } from "../src/start-manager.ts";

it("a region that was away for four days gets every receipt within the bound", { timeout: 240_000 }, async () => {
  const report = await fourDaysAway({ seed: 1, startProcess: startManager });
  expect(report.violation).toBeUndefined();
  expect(report).toMatchObject({ receipts: 5_760, commits: 5_760 });
});
