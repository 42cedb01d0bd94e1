import { ownAppend as own } from "@rsync/testkit";
import { describe, expect, it } from "vitest";
import { resultsOfOutcomes, runsOfAppends } from "../src/append-runs.ts";
import { receiptIdOfLine } from "../src/row/receipt-line.ts";
import { type AppendRun, OUTCOME } from "../src/threads/append-messages.ts";
import type { JobOutcomes, WriteJob } from "../src/threads/messages.ts";
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
            const outcomes: JobOutcomes = jobs.map((job) => {
              if (job.kind !== "append") return undefined;
              const numbers = idsOfRuns(job.runs).flatMap(() => [OUTCOME.stored, ++position, position]);
              return { numbers: new Float64Array(numbers), heldDigests: [] };
            });
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

const idsOfRuns = (runs: readonly AppendRun[]) =>
  runs.flatMap((run) => run[4].split("\n").map((line) => receiptIdOfLine(line)));
/** Appends in one call and resolves with the positions. */
const append = async (queue: WriteQueue, ids: readonly string[], bytes = 1): Promise<number[]> => {
  const items = ids.map((id) => own(id));
  const done = await queue.append(runsOfAppends(items), ids.length, bytes);
  return resultsOfOutcomes(items, done, identity).map((result) => ("row" in result ? result.row.position : 0));
};
const identity = { regionId: "r", storeId: "s", epoch: "e", refilling: false, lossAccepted: false, ownBefore: 0 };
const idsOf = (jobs: readonly WriteJob[] | undefined) =>
  (jobs ?? []).map((job) => (job.kind === "append" ? idsOfRuns(job.runs).join("") : job.kind));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("group commit", () => {
  it("sends what arrives in one turn together, and what arrives during a commit in the next one", async () => {
    const { queue, sent } = rig();
    const first = [append(queue, ["a"]), append(queue, ["b", "c"])];
    await turn();
    const second = [append(queue, ["d"]), append(queue, ["e"])];
    await turn();
    expect(sent.map(({ jobs }) => idsOf(jobs))).toEqual([["abc"]]);
    sent[0]?.end();
    expect(await Promise.all(first)).toEqual([[1], [2, 3]]);
    await turn();
    expect(sent.map(({ jobs }) => idsOf(jobs))).toEqual([["abc"], ["de"]]);
    sent[1]?.end();
    await Promise.all(second);
    await queue.idle();
  });

  it("keeps the order of jobs, and begins a transaction with each renewal", async () => {
    const { queue, sent } = rig();
    const done = [
      append(queue, ["a"]),
      queue.push({ kind: "acceptLoss" }, 1),
      append(queue, ["b"]),
      queue.push({ kind: "renew", storeId: "s", epoch: "e" }, 1),
      append(queue, ["c"]),
    ];
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
    const done = [append(queue, ids), append(queue, ["late"])];
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
    const first = append(queue, ["a"], 900);
    await expect(append(queue, ["b"], 101)).rejects.toMatchObject({ kind: "overloaded" });
    await turn();
    sent[0]?.end();
    await first;
    const large = append(queue, ["c"], 5000); // alone it is let in: refused, it could never succeed
    await turn();
    sent[1]?.end();
    await large;
  });

  it("tells everybody on a failed transaction, and goes on with the next", async () => {
    const { queue, sent } = rig();
    const first = Promise.allSettled([append(queue, ["a"]), queue.push({ kind: "acceptLoss" }, 1)]);
    await turn();
    const second = append(queue, ["b"]);
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
    const first = append(queue, ["a"]).catch(() => undefined);
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
