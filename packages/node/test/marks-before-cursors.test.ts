/** I2: a cursor stands on what its region's store is remembered to have held, so that is durable first. */
import type { ReceiptStore } from "@rsync/core";
import { afterEach, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";

const deployment = new LoopbackDeployment();

afterEach(() => deployment.close());

it("a cursor that is saved while its mark is still being written waits for it, and for another try where that fails", async () => {
  const plain = deployment.freshStore(EAST);
  const happened: string[] = [];
  let hold: PromiseWithResolvers<void> | undefined;
  const store: ReceiptStore = {
    ...plain,
    savePeers: async (peers) => {
      await hold?.promise;
      await plain.savePeers(peers);
      happened.push("mark");
    },
    saveCursors: async (cursors) => {
      await plain.saveCursors(cursors);
      happened.push("cursor");
    },
  };
  await deployment.start(WEST);
  const manager = await deployment.start(EAST, [WEST], { store });
  await deployment.clock.advance(5_000);
  await manager.syncReceipt(receipt(1), { waitFor: "all" });

  const held = Promise.withResolvers<void>();
  hold = held;
  happened.length = 0;
  await deployment.clock.advance(5_000);
  const closing = manager.close();
  await deployment.clock.advance(5_000);
  expect(happened).toEqual([]);
  hold = undefined;
  held.reject(new Error("the disk is full"));
  await closing;
  expect(happened).toEqual(["mark", "cursor"]);
});
