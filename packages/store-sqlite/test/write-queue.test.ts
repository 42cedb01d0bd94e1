import { ownAppend as own } from "@rsync/testkit";
import { describe, expect, it } from "vitest";
import { cellsOfAppend } from "../src/append-cells.ts";
import type { AppendOutcome, WriteJob } from "../src/threads/messages.ts";
import { type CarryOut, WriteQueue } from "../src/write-queue.ts";

type Carried = Awaited<ReturnType<CarryOut>>;

interface Rig {
  readonly queue: WriteQueue;
  /** Transactions that left, oldest first, each with what ends it. */
  readonly sent: { readonly jobs: readonly WriteJob[]; readonly end: (problem?: "full" | "failed") => void }[];
  readonly passengers: WriteJob[];
}

function rig(queuedBytesMax = 1000): Rig {
  const sent: Rig["sent"] = [];
  const passengers: WriteJob[] = [];
  let position = 0;
  const queue = new WriteQueue({
    queuedBytesMax,
    carryOut: (jobs) =>
      new Promise<Carried>((resolve) => {
        sent.push({
          jobs,
          end: (problem) => {
            const outcomes = jobs.map((job) =>
              job.kind === "append" ? job.items.map((): AppendOutcome => ["stored", ++position, position, 0]) : [],
            );
            const progress = { position, own: position, identity: undefined, epochs: undefined };
            if (problem === undefined) resolve({ kind: "written", outcomes, progress });
            else resolve({ kind: "failed", problem: { kind: problem, message: "as told" } });
          },
        });
      }),
    passengers: () => passengers.splice(0),
    onProgress: () => undefined,
    onProblem: (_problem, lost) => passengers.push(...lost),
  });
  return { queue, sent, passengers };
}

const append = (...ids: string[]): WriteJob => ({ kind: "append", items: ids.map((id) => cellsOfAppend(own(id))) });
const idsOf = (jobs: readonly WriteJob[] | undefined) =>
  (jobs ?? []).map((job) => (job.kind === "append" ? job.items.map(([, receipt]) => receipt[0]).join("") : job.kind));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("group commit", () => {
  it("sends what arrives in one turn together, and what arrives during a commit in the next one", async () => {
    const { queue, sent } = rig();
    const first = [queue.push(append("a"), 1), queue.push(append("b", "c"), 1)];
    await turn();
    const second = [queue.push(append("d"), 1), queue.push(append("e"), 1)];
    await turn();
    expect(sent.map(({ jobs }) => idsOf(jobs))).toEqual([["abc"]]);
    sent[0]?.end();
    expect((await Promise.all(first)).map((outcomes) => outcomes.map((outcome) => outcome[1]))).toEqual([[1], [2, 3]]);
    await turn();
    expect(sent.map(({ jobs }) => idsOf(jobs))).toEqual([["abc"], ["de"]]);
    sent[1]?.end();
    await Promise.all(second);
    await queue.idle();
  });

  it("keeps the order of jobs, and begins a transaction with each renewal", async () => {
    const { queue, sent } = rig();
    const jobs = [
      append("a"),
      { kind: "acceptLoss" },
      append("b"),
      { kind: "renew", storeId: "s", epoch: "e" },
      append("c"),
    ] as const;
    const done = jobs.map((job) => queue.push(job, 1));
    await turn();
    sent[0]?.end();
    await turn();
    sent[1]?.end();
    await Promise.all(done);
    expect(sent.map((transaction) => idsOf(transaction.jobs))).toEqual([
      ["a", "acceptLoss", "b"],
      ["renew", "c"],
    ]);
  });

  it("bounds one transaction", async () => {
    const { queue, sent } = rig();
    const ids = Array.from({ length: 4096 }, (_, index) => `r${index}`);
    const done = [queue.push(append(...ids), 1), queue.push(append("late"), 1)];
    await turn();
    sent[0]?.end();
    await turn();
    sent[1]?.end();
    await Promise.all(done);
    expect(idsOf(sent[1]?.jobs)).toEqual(["late"]);
  });
});

describe("limits and failures", () => {
  it("refuses as overloaded what exceeds the bytes that may wait, and takes more once they are written (I8)", async () => {
    const { queue, sent } = rig(1000);
    const first = queue.push(append("a"), 900);
    await expect(queue.push(append("b"), 101)).rejects.toMatchObject({ kind: "overloaded" });
    await turn();
    sent[0]?.end();
    await first;
    const large = queue.push(append("c"), 5000); // alone it is let in: refused, it could never succeed
    await turn();
    sent[1]?.end();
    await large;
  });

  it("tells everybody on a failed transaction, and goes on with the next", async () => {
    const { queue, sent } = rig();
    const first = Promise.allSettled([queue.push(append("a"), 1), queue.push({ kind: "acceptLoss" }, 1)]);
    await turn();
    const second = queue.push(append("b"), 1);
    sent[0]?.end("full");
    expect(await first).toMatchObject([{ reason: { kind: "full" } }, { reason: { kind: "full" } }]);
    await turn();
    sent[1]?.end();
    expect(await second).toHaveLength(1);
  });

  it("takes passengers along, and sends them alone only when asked to", async () => {
    const { queue, sent, passengers } = rig();
    const cursors: WriteJob = { kind: "saveCursors", cursors: [] };
    passengers.push(cursors);
    const first = queue.push(append("a"), 1).catch(() => undefined);
    await turn();
    sent[0]?.end("full");
    await first;
    await turn();
    expect(passengers).toEqual([cursors]);
    expect(sent).toHaveLength(1);
    queue.flush();
    await turn();
    expect(sent[1]?.jobs).toEqual([cursors]);
    sent[1]?.end();
    await queue.idle();
  });
});
