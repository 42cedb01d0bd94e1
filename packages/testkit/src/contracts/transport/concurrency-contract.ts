/** The part of `transportContract` about many calls at once. */

import type { Acknowledgement } from "@rsync/core";
import { expect, it } from "vitest";
import { arrived, faultOf, misbehaving, questions, sample, silent } from "./questions.ts";
import { type Current, replied } from "./stage.ts";
import type { FarAnswer } from "./transport-site.ts";

/** A lane has as many requests in flight (DESIGN §8), so a transport carries at least as many to one region. */
const WINDOW = 4;

export function concurrency(current: Current): void {
  it("calls to one region run at once, and each gets its own reply, in whatever order they come", async () => {
    const answers: (() => void)[] = [];
    const region = await current().region({
      send: (number) =>
        new Promise<FarAnswer<Acknowledgement>>((resolve) => {
          const asked = region.asked[number];
          const receiptId = asked?.kind === "send" ? asked.receipt.receiptId : "none";
          answers.push(() =>
            resolve(replied({ receiptId, digest: undefined, committed: undefined, durability: undefined })),
          );
        }),
    });
    const ids = Array.from({ length: WINDOW }, (_, index) => `receipt-${index}`);
    const calls = ids.map((receiptId) => current().transport.send(region.call(), { ...sample, receiptId }));
    await arrived(region, WINDOW);
    for (const answer of answers.toReversed()) answer();
    const replies = await Promise.all(calls);
    expect(replies.map((result) => (result.kind === "replied" ? result.reply.receiptId : result.fault))).toEqual(ids);
  });

  it.each([
    ["says nothing", silent()],
    ["never ends its reply", misbehaving("half")],
  ])("a region that %s holds up no other one (I9)", async (_, script) => {
    const { transport } = current();
    const [slow, well] = [await current().region(script), await current().region()];
    const waiting = Array.from({ length: 100 }, () => transport.send(slow.call(), sample));
    for (const { ask } of questions) expect((await ask(transport, well.call())).kind).toBe("replied");
    await transport.close();
    for (const call of waiting) expect(faultOf(await call)).toEqual({ kind: "aborted" });
  });

  it("a region that is not there holds up no other one (I9)", async () => {
    const { transport } = current();
    const [gone, well] = [await current().region(), await current().region()];
    await gone.stop();
    const calls = Array.from({ length: 20 }, () => [
      transport.send(gone.call(), sample),
      transport.send(well.call(), sample),
    ]).flat();
    const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
    expect(kinds).toEqual(Array.from({ length: 20 }, () => ["failed", "replied"]).flat());
  });
}
