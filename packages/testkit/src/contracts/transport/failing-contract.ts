/** The part of `transportContract` about failures: they resolve, say what they are, and are not retried. */

import { expect, it } from "vitest";
import { always, faultOf, misbehaving, nobody, questions, sample } from "./questions.ts";
import { type Current, west } from "./stage.ts";
import type { FarAnswer } from "./transport-site.ts";

const busy: FarAnswer<never> = {
  kind: "failed",
  fault: {
    kind: "status",
    status: 503,
    problem: { kind: "overloaded", title: "Overloaded", detail: "Too much is waiting to be stored" },
    retryAfterMs: 2_000,
    excerpt: "",
  },
  identification: west,
};

function bare(status: number): FarAnswer<never> {
  const fault = { kind: "status", status, problem: undefined, retryAfterMs: undefined, excerpt: "" } as const;
  return { kind: "failed", fault, identification: west };
}

export function regionFailures(current: Current): void {
  it.each(questions)("$name gives back the region's own reason, and who gave it", async ({ ask }) => {
    const region = await current().region(always(async () => busy));
    const { status, problem, retryAfterMs } = busy.kind === "failed" ? busy.fault : expect.fail("It is a failure");
    expect(await ask(current().transport, region.call())).toMatchObject({
      kind: "failed",
      fault: { kind: "status", status, problem, retryAfterMs },
      identification: west,
    });
  });

  it.each(questions)("$name makes no problem out of a bare status, and no answer either", async ({ ask }) => {
    for (const status of [400, 404, 409, 410, 500, 503]) {
      const region = await current().region(always(async () => bare(status)));
      const result = await ask(current().transport, region.call());
      const fault = { kind: "status", status, problem: undefined, retryAfterMs: undefined };
      expect(result).toMatchObject({ kind: "failed", fault, identification: west });
    }
  });
}

export function linkFailures(current: Current): void {
  it.each(questions)("$name: nobody listens is unreachable", async ({ ask }) => {
    const region = await current().region();
    await region.stop();
    const result = await ask(current().transport, region.call());
    const fault = { kind: "unreachable", code: expect.any(String), detail: expect.any(String) };
    expect(result).toMatchObject({ kind: "failed", fault, identification: nobody });
  });

  it.each(questions)("$name: a connection that breaks in mid-exchange is broken or unreachable", async ({ ask }) => {
    const region = await current().region(misbehaving("cut"));
    const result = await ask(current().transport, region.call());
    expect(result).toMatchObject({ kind: "failed", identification: nobody });
    expect(faultOf(result).kind).toBeOneOf(["broken", "unreachable"]);
  });

  it.each(questions)("$name: what is no reply of the protocol is garbled or broken", async ({ ask }) => {
    const region = await current().region(misbehaving("nonsense"));
    const result = await ask(current().transport, region.call());
    expect(result.identification.from).toBeUndefined();
    expect(faultOf(result).kind).toBeOneOf(["garbled", "broken"]);
  });

  it.each(questions)("$name: a region that goes away after an exchange is broken or unreachable", async ({ ask }) => {
    const region = await current().region();
    expect((await ask(current().transport, region.call())).kind).toBe("replied");
    await region.stop();
    const result = await ask(current().transport, region.call());
    expect(result.identification).toMatchObject(nobody);
    expect(faultOf(result).kind).toBeOneOf(["broken", "unreachable"]);
  });

  it("the next call goes through, after every kind of failure", async () => {
    const failures = [busy, { kind: "cut" }, { kind: "nonsense" }] as const;
    const region = await current().region({ send: async (number) => failures[number] ?? bare(500) });
    for (const _ of failures) {
      faultOf(await current().transport.send(region.call(), sample));
      expect((await current().transport.read(region.call(), "receipt-1")).kind).toBe("replied");
    }
  });
}

export function repeating(current: Current): void {
  const failures = [busy, bare(500), { kind: "cut" }, { kind: "nonsense" }] as const;

  it.each(questions)("$name is asked once, whatever comes of it: no retries", async ({ ask }) => {
    const { transport, clock } = current();
    for (const failure of failures) {
      const region = await current().region(always(async () => failure));
      faultOf(await ask(transport, region.call()));
      // Whatever a retry would wait for passes: time, or a request that comes out after it.
      await clock?.advance(600_000);
      faultOf(await ask(transport, region.call()));
      expect(region.asked.length).toBe(2);
    }
  });

  it("a connection that was used before breaks: no retries either", async () => {
    const region = await current().region({ send: async () => ({ kind: "cut" }) });
    for (let round = 1; round <= 3; round += 1) {
      await current().transport.read(region.call(), "receipt-1");
      faultOf(await current().transport.send(region.call(), sample));
      expect(region.asked.length).toBe(2 * round);
    }
  });

  it("sending twice asks twice, and each time gives the region's word of that time", async () => {
    const words = [true, false].map((committed) => ({
      ...{ receiptId: sample.receiptId, digest: sample.digest, durability: "fsync" as const },
      committed,
    }));
    const region = await current().region({
      send: async (number) => {
        const reply = words[number];
        return reply === undefined ? bare(500) : { kind: "replied", reply, identification: west };
      },
    });
    for (const word of words) {
      expect(await current().transport.send(region.call(), sample)).toMatchObject({ kind: "replied", reply: word });
    }
    expect(region.asked[1]).toEqual(region.asked[0]);
  });

  it("sending twice at once is harmless", async () => {
    const region = await current().region();
    const calls = [1, 2].map(() => current().transport.send(region.call(), sample));
    expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(["replied", "replied"]);
    expect(region.asked.length).toBe(2);
  });
}
