/** The part of `transportContract` about calls that end before their reply: by time, by abort, by close. */
import { expect, it, type TestContext } from "vitest";
import type { VirtualClock } from "../../virtual-clock.ts";
import { arrived, faultOf, misbehaving, questions, sample, silent } from "./questions.ts";
import { type Current, replied } from "./stage.ts";

const HOUR_MS = 3_600_000;

/** What only a virtual clock can show is left out where the transport has none, and the report says so. */
function virtual(clock: VirtualClock | undefined, context: TestContext): VirtualClock {
  return clock ?? context.skip("the site has no virtual clock");
}

/** Short where time is real. */
function timeoutOn(clock: VirtualClock | undefined): number {
  return clock === undefined ? 50 : 5_000;
}

export function timeouts(current: Current): void {
  it.each(questions)("$name ends by itself as timeout where the region never answers", async ({ ask }) => {
    const { transport, clock } = current();
    const region = await current().region(silent());
    const timeoutMs = timeoutOn(clock);
    const asking = ask(transport, region.call({ timeoutMs }));
    await arrived(region, 1);
    await clock?.advance(timeoutMs);
    expect(faultOf(await asking)).toEqual({ kind: "timeout", timeoutMs });
  });

  it.each(questions)("$name ends as timeout where a reply begins and never ends", async ({ ask }) => {
    const { transport, clock } = current();
    const region = await current().region(misbehaving("half"));
    const timeoutMs = timeoutOn(clock);
    const asking = ask(transport, region.call({ timeoutMs }));
    await arrived(region, 1);
    await clock?.advance(timeoutMs);
    expect(faultOf(await asking)).toEqual({ kind: "timeout", timeoutMs });
  });

  it("waits neither shorter nor longer than each call says", async (context) => {
    const clock = virtual(current().clock, context);
    const region = await current().region(silent());
    const timeoutsMs = [5_000, 1, 2_000];
    const ends = timeoutsMs.map(async (timeoutMs) => {
      const result = await current().transport.send(region.call({ timeoutMs }), sample);
      return [faultOf(result), clock.monotonicMs()];
    });
    await arrived(region, timeoutsMs.length);
    await clock.advance(Math.max(...timeoutsMs));
    expect(await Promise.all(ends)).toEqual(timeoutsMs.map((timeoutMs) => [{ kind: "timeout", timeoutMs }, timeoutMs]));
  });

  it("has no timeout of its own beside the call's", async (context) => {
    const clock = virtual(current().clock, context);
    const answer = Promise.withResolvers<void>();
    const region = await current().region({
      read: async () => {
        await answer.promise;
        return replied({ kind: "absent" });
      },
    });
    const reading = current().transport.read(region.call({ timeoutMs: 24 * HOUR_MS }), "receipt-1");
    await arrived(region, 1);
    await clock.advance(24 * HOUR_MS - 1);
    answer.resolve();
    expect((await reading).kind).toBe("replied");
  });

  it("a reply that comes too late is nobody's", async () => {
    const { transport, clock } = current();
    const late = Promise.withResolvers<void>();
    const region = await current().region({
      read: async (number) => {
        if (number === 0) await late.promise;
        return replied({ kind: number === 0 ? "pruned" : "absent" });
      },
    });
    const timeoutMs = timeoutOn(clock);
    const given = transport.read(region.call({ timeoutMs }), "receipt-1");
    await arrived(region, 1);
    await clock?.advance(timeoutMs);
    expect(faultOf(await given).kind).toBe("timeout");
    late.resolve();
    for (let call = 0; call < 3; call += 1) {
      const result = await transport.read(region.call(), "receipt-2");
      expect(result).toMatchObject({ kind: "replied", reply: { kind: "absent" } });
    }
  });
}

export function aborting(current: Current): void {
  it.each(questions)("$name: an abort beforehand sends nothing", async ({ ask }) => {
    const region = await current().region();
    const result = await ask(current().transport, region.call({ signal: AbortSignal.abort() }));
    expect(faultOf(result)).toEqual({ kind: "aborted" });
    // What had been sent all the same would come out before this.
    await current().transport.read(region.call(), "afterwards");
    expect(region.asked).toMatchObject([{ kind: "read", receiptId: "afterwards" }]);
  });

  it.each(questions)("$name: an abort in the same breath ends it", async ({ ask }) => {
    const region = await current().region(silent());
    const controller = new AbortController();
    const asking = ask(current().transport, region.call({ signal: controller.signal }));
    controller.abort();
    expect(faultOf(await asking)).toEqual({ kind: "aborted" });
  });

  it.each(questions)("$name: an abort while the region is silent ends it", async ({ ask }) => {
    const region = await current().region(silent());
    const controller = new AbortController();
    const asking = ask(current().transport, region.call({ signal: controller.signal }));
    await arrived(region, 1);
    controller.abort(new Error("Whatever the reason"));
    expect(faultOf(await asking)).toEqual({ kind: "aborted" });
  });

  it.each(questions)("$name: an abort in the middle of the reply ends it", async ({ ask }) => {
    const region = await current().region(misbehaving("half"));
    const controller = new AbortController();
    const asking = ask(current().transport, region.call({ signal: controller.signal }));
    await arrived(region, 1);
    controller.abort();
    expect(faultOf(await asking)).toEqual({ kind: "aborted" });
  });

  it("an abort after the reply harms no later call", async () => {
    const region = await current().region();
    for (let call = 0; call < 3; call += 1) {
      const controller = new AbortController();
      const result = await current().transport.send(region.call({ signal: controller.signal }), sample);
      controller.abort();
      expect(result.kind).toBe("replied");
    }
  });

  it("an abort ends its own call alone", async () => {
    const answer = Promise.withResolvers<void>();
    const region = await current().region({
      read: async () => {
        await answer.promise;
        return replied({ kind: "absent" });
      },
    });
    const controller = new AbortController();
    const given = current().transport.read(region.call({ signal: controller.signal }), "receipt-1");
    const kept = current().transport.read(region.call(), "receipt-2");
    await arrived(region, 2);
    controller.abort();
    expect(faultOf(await given)).toEqual({ kind: "aborted" });
    answer.resolve();
    expect((await kept).kind).toBe("replied");
  });
}

export function closing(current: Current): void {
  it("close ends what is under way, whatever it waits for, as aborted", async () => {
    const { transport } = current();
    const regions = [await current().region(silent()), await current().region(misbehaving("half"))];
    const calls = regions.flatMap((region) => questions.map(({ ask }) => ask(transport, region.call())));
    await Promise.all(regions.map((region) => arrived(region, questions.length)));
    await transport.close();
    for (const call of calls) expect(faultOf(await call)).toEqual({ kind: "aborted" });
  });

  it("close ends what has only just begun", async () => {
    const region = await current().region(silent());
    const calls = questions.map(({ ask }) => ask(current().transport, region.call()));
    await current().transport.close();
    for (const call of calls) expect(faultOf(await call)).toEqual({ kind: "aborted" });
  });

  it.each(questions)("$name after close is aborted and reaches nobody", async ({ ask }) => {
    const region = await current().region();
    expect((await ask(current().transport, region.call())).kind).toBe("replied");
    await current().transport.close();
    expect(faultOf(await ask(current().transport, region.call()))).toEqual({ kind: "aborted" });
    expect(region.asked.length).toBe(1);
  });

  it("closing twice is closing once", async () => {
    const region = await current().region();
    await current().transport.send(region.call(), sample);
    await Promise.all([current().transport.close(), current().transport.close()]);
    await current().transport.close();
  });
}
