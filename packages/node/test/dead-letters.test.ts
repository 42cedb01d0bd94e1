/** What regions did not take: what it says about a receipt, and what an operator sees of it and decides. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN } from "./loopback-network.ts";

let deployment: LoopbackDeployment;
beforeEach(() => {
  deployment = new LoopbackDeployment();
});
afterEach(() => deployment.close());

const MONDAY = "2025-11-17T12:00:00Z";

describe("a dead letter", () => {
  it("is a refusal while open and when discarded; poison is waiting, and what was resolved is over", async () => {
    const store = deployment.freshStore(EAST);
    const manager = await deployment.start(EAST, [WEST], { store });
    deployment.setWeather(WEST, DOWN);
    const { digest } = await manager.syncReceipt(receipt(1), { waitFor: "none" });
    const key = { regionId: WEST, storeId: "seed-style", receiptId: "rec-1", digest, committed: true };
    const letter = { ...key, position: 1, fault: { kind: "aborted" } as const, attempts: 1, buriedAt: MONDAY };
    const outcome = async () => (await manager.awaitQuorum("rec-1", { waitFor: "none" })).outcome;
    await store.bury([{ ...letter, kind: "poison" }]);
    expect(await outcome()).toBe("pending");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 1, poison: 1 });
    await store.bury([{ ...letter, kind: "refused" }]);
    expect(await outcome()).toBe("refused");
    await store.markDeadLetters([key], "discarded", MONDAY);
    expect(await outcome()).toBe("refused");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 0, poison: 0 });
    await store.markDeadLetters([key], "resolved", MONDAY);
    expect(await outcome()).toBe("pending");
  });
});
