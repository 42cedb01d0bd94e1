/** Dead letters as an operator meets them: a region that holds other content, and what is decided about it. */
import { beforeAll, describe, expect, it } from "vitest";
import { call, type Reply, submit } from "./app-client.ts";
import { type Deployment, deployment } from "./deployment.ts";
import { receiptText } from "./receipt-text.ts";
import { regionStatus } from "./receipts.ts";
import type { SidecarProcess } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();
const ids = ["fork/1", "fork 2", "fork-3"];
let regions: Deployment;
let north: SidecarProcess;

/** Both regions took other content under these ids while they could not reach each other. */
beforeAll(async () => {
  regions = await deployment(folder, ["north", "south"]);
  const alone = await regions.start("north");
  for (const id of ids) await submit(alone.app, receiptText(id, { span_id: "18446744073709551615" }), "?wait=none");
  await alone.end("SIGTERM");
  const south = await regions.start("south");
  for (const id of ids) await submit(south.app, receiptText(id, { ticks: "7" }), "?wait=none");
  north = await regions.start("north");
  await until(
    () => regionStatus(north.app, "south"),
    ({ dead_letters }) => dead_letters === ids.length,
  );
});

function act(path: string, body: unknown): Promise<Reply> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return call(north.app, `/api/v1/dead-letters/${path}`, init);
}

async function listed(query: string): Promise<readonly unknown[]> {
  const letters = (await call(north.app, `/api/v1/dead-letters${query}`)).json["dead_letters"];
  return Array.isArray(letters) ? letters.map((letter: { receipt_id: string }) => letter.receipt_id) : [];
}

describe("dead letters", () => {
  it("are listed page by page, with the reason", async () => {
    const first = await call(north.app, "/api/v1/dead-letters?region=south&limit=2");
    expect(first.json["dead_letters"]).toEqual([
      {
        ...{ number: 1, region_id: "south", store_id: expect.any(String), receipt_id: "fork/1", committed: true },
        ...{
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          position: 1,
          kind: "refused",
          status: "open",
          attempts: 1,
        },
        error: {
          ...{ kind: "status", status: 409, problem: "conflict", message: expect.stringContaining("Other content") },
          held_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        ...{ first_buried_at: expect.stringMatching(/Z$/), buried_at: expect.stringMatching(/Z$/) },
      },
      expect.objectContaining({ receipt_id: "fork 2" }),
    ]);
    expect(first.json["next"]).toBe(2);
    expect(await listed(`?after=2&receipt_id=fork-3`)).toEqual(["fork-3"]);
    expect(await listed("?kind=poison")).toEqual([]);
  });

  it("are shown with the receipt itself, every digit of it", async () => {
    const shown = await call(north.app, `/api/v1/dead-letters/south/${encodeURIComponent("fork/1")}`);
    expect(shown.text).toContain('"span_id":18446744073709551615');
    expect(shown.json["dead_letters"]).toMatchObject([
      { status: "open", of_current_store: true, receipt: { receipt_id: "fork/1", own: true, position: 1 } },
    ]);
    const absent = await call(north.app, "/api/v1/dead-letters/south/never-seen");
    expect(absent.status).toBe(404);
    expect(absent.json).toMatchObject({ title: "No such dead letter", receipt_id: "never-seen" });
  });

  it("of a region that is not configured are an error that names those that are", async () => {
    for (const path of ["?region=moon", "/moon/fork-3"]) {
      const reply = await call(north.app, `/api/v1/dead-letters${path}`);
      expect([reply.status, reply.json["configured"]]).toEqual([404, ["south"]]);
    }
    expect((await act("discard", { all: true, region: "moon" })).json).toMatchObject({
      status: 404,
      region_id: "moon",
    });
  });

  it("are not touched by a body that says nothing clear", async () => {
    const bodies = [
      ...[undefined, [], {}, { region: "south" }, { all: false }, { all: true, since: "2025-11-16T12:00:00Z" }],
      ...[{ receipt_id: "fork-3" }, { all: true, digest: "0" }, { all: true, kind: "bad" }, { since: "yesterday" }],
      ...[{ all: "yes" }, { region: 7, all: true }, { region: "south", receipt_id: "fork-3", kind: "refused" }],
    ];
    for (const body of bodies) expect((await act("discard", body)).status).toBe(400);
    const typo = await act("discard", { all: true, dryrun: true });
    expect(typo.json).toMatchObject({ status: 400, detail: expect.stringContaining("did you mean dry_run?") });
    expect(await listed("")).toEqual(ids);
    expect((await call(north.app, "/api/v1/dead-letters?status=gone")).status).toBe(400);
  });

  it("are replayed, told before in a dry run; what is refused again lies there with the new time", async () => {
    const one = { region: "south", receipt_id: "fork/1" };
    const would = await act("replay", { ...one, dry_run: true });
    expect([would.status, would.json["dry_run"], would.json["waiting"]]).toEqual([200, true, 1]);
    const replayed = await act("replay", one);
    expect(replayed.status).toBe(200);
    expect(replayed.json).toMatchObject({ dry_run: false, count: 1, resolved: 0, refused: 1, waiting: 0 });
    const { json } = await call(north.app, "/api/v1/dead-letters?receipt_id=fork%2F1");
    const [letter] = json["dead_letters"] as readonly { first_buried_at: string; buried_at: string }[];
    expect(letter?.buried_at).not.toBe(letter?.first_buried_at);
    expect((await act("replay", { region: "south", receipt_id: "never-seen" })).status).toBe(404);
    expect((await act("replay?timeout=soon", one)).status).toBe(400);
  });

  it("are discarded, told before in a dry run, and stay so over a restart", async () => {
    const one = { region: "south", receipt_id: "fork 2" };
    const would = await act("discard", { ...one, dry_run: true });
    expect(would.json).toMatchObject({ dry_run: true, count: 1, regions: [{ region_id: "south", count: 1 }] });
    expect(await listed("")).toEqual(ids);
    expect((await act("discard", one)).json).toMatchObject({ dry_run: false, count: 1 });
    expect(await listed("")).toEqual(["fork/1", "fork-3"]);
    await north.end("SIGKILL");
    north = await regions.start("north");
    expect(await listed("?status=discarded")).toEqual(["fork 2"]);
    expect((await act("discard", { since: "2025-11-16T12:00:00Z", region: "south" })).json).toMatchObject({ count: 2 });
    expect(await listed("")).toEqual([]);
    expect(await listed("?status=all&store=any")).toEqual(ids);
    expect(await regionStatus(north.app, "south")).toMatchObject({ dead_letters: 0, poison: 0, missing: 0 });
  });
});
