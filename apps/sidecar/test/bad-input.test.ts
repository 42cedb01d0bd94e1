/** Input that is wrong, large or unusual: each gets its status, nothing is stored by mistake, nothing is rounded. */
import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
let sidecar: SidecarProcess;

beforeAll(async () => {
  const config = folder.write("config.json", {
    listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
    store: `sqlite:${folder.file("receipts.db")}`,
    crossRegionSyncEnabled: true,
    quorumThreshold: 2,
    maxRetries: 1,
    retryBackoffInitial: "10ms",
    // Nobody listens there.
    regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }],
  });
  sidecar = await startSidecar(["--config", config]);
});

function post(body: RequestInit["body"], headers: Readonly<Record<string, string>>): ReturnType<typeof call> {
  return call(sidecar.app, "/api/v1/receipts", { method: "POST", headers, body: body ?? null });
}

describe("what is no receipt", () => {
  it("is answered 202, not refused, when the quorum just can not be reached", async () => {
    const reply = await submit(sidecar.app, receiptText("pending-1"));
    expect(reply.status).toBe(202);
    expect(reply.headers.get("x-rsync-outcome")).toBe("pending");
    expect(reply.json).toMatchObject({ outcome: "pending", quorum_achieved: false, synced_regions: 1 });
    const resumed = await call(sidecar.app, `${receiptPath("pending-1")}/quorum?wait=quorum&timeout=1s`);
    expect(resumed.status).toBe(202);
    const none = await submit(sidecar.app, receiptText("pending-2"), "?wait=none");
    expect(none.json["outcome"]).toBe("pending");
  });

  it.each(["", "{", "not json", "[1,2", `${receiptText("x")}}`])("%j is 400", async (body) => {
    const reply = await submit(sidecar.app, body);
    expect(reply.status).toBe(400);
    expect(reply.json["type"]).toBe("urn:receipt-sync:problem:not-json");
  });

  it.each(["null", "[]", "7", '"text"', "{}"])("%s is 422", async (body) => {
    expect((await submit(sidecar.app, body)).status).toBe(422);
  });

  it("is 400 when it is no UTF-8: a letter replaced would make another id", async () => {
    const bytes = Buffer.from(receiptText("né"), "latin1");
    expect((await post(new Uint8Array(bytes), { "content-type": "application/json" })).status).toBe(400);
  });

  it.each([
    ["receipt_id", ["7", "null", '""', '"\\u0000"', '"\\ud800"', JSON.stringify("x".repeat(257)), "{}", "[]"]],
    ["transaction_id", ["true", "null", '""', '"a\\nb"', JSON.stringify("x".repeat(257))]],
    ["hash", ["7", "null", '""', '"0"', '"0g"', JSON.stringify("00".repeat(257)), "[1,2]"]],
    ["ticks", ['"42"', "null", "-1", "1.5", "4294967296", "1e3", "true"]],
    ["span_id", ["null", "-1", "1.5", "18446744073709551616", "1e3", '"0x10"', '"-1"', "true", '""']],
    ["committed", ['"true"', "1", "null", "0"]],
  ])("a wrong %s is 422 and named, whatever comes instead", async (field, values) => {
    for (const value of values) {
      const reply = await submit(sidecar.app, receiptText("bad-field", { [field]: value }));
      expect(reply.status, value).toBe(422);
      expect(reply.json["errors"]).toEqual([expect.objectContaining({ field })]);
    }
    expect((await call(sidecar.app, receiptPath("bad-field"))).status).toBe(404);
  });

  it("has every bad field named at once", async () => {
    const reply = await submit(sidecar.app, "{}");
    const errors: readonly { readonly field: string }[] = Array.isArray(reply.json["errors"])
      ? reply.json["errors"]
      : [];
    expect(errors.map(({ field }) => field)).toEqual([
      "receipt_id",
      "transaction_id",
      "hash",
      "ticks",
      "span_id",
      "committed",
    ]);
  });
});

describe("numbers", () => {
  it.each(["0", "9007199254740991", "9007199254740992", "9007199254740993", "18446744073709551615"])(
    "span_id %s survives both ways, as a number and as text",
    async (span) => {
      for (const [form, written] of [
        ["number", span],
        ["text", `"${span}"`],
      ] as const) {
        const id = `span-${form}-${span}`;
        expect((await submit(sidecar.app, receiptText(id, { span_id: written }), "?wait=none")).status).toBe(202);
        expect((await call(sidecar.app, receiptPath(id))).text).toContain(`"span_id":${span},`);
      }
      expect((await call(sidecar.app, "/api/v1/receipts?limit=1000")).text).toContain(`"span_id":${span},`);
    },
  );

  it("ticks may be the largest u32", async () => {
    await submit(sidecar.app, receiptText("ticks-max", { ticks: "4294967295" }), "?wait=none");
    expect((await call(sidecar.app, receiptPath("ticks-max"))).json["ticks"]).toBe(4_294_967_295);
  });
});

describe("receipt ids", () => {
  it.each([
    "a/b",
    "/",
    "100%",
    "%2F",
    "%25",
    "a%20b",
    " two  words ",
    "?x=1&y#z",
    "収据-Квитанция-إيصال",
    "🧾",
    "é",
    "e\u0301",
    "..",
    "quorum",
    "x".repeat(256),
    "𝒳".repeat(256),
  ])("%j is found under itself alone", async (id) => {
    const stored = await submit(sidecar.app, receiptText(id), "?wait=none");
    expect(stored.status).toBe(202);
    // ".." is shortened away by URL parsers, percent-encoded or not: only a raw request can ask for it.
    const text = id === ".." ? await rawGet("/api/v1/receipts/..") : (await call(sidecar.app, receiptPath(id))).text;
    expect(JSON.parse(text)["receipt_id"]).toBe(id);
    if (id === "..") return;
    const quorum = await call(sidecar.app, `${receiptPath(id)}/quorum`);
    expect(quorum.json).toMatchObject({ receipt_id: id, confirmed_regions: 1 });
  });

  it("are 400 when they are percent-encoded nonsense", async () => {
    for (const path of ["/api/v1/receipts/%zz", "/api/v1/receipts/%ff", "/api/v1/receipts/%"]) {
      const reply = await call(sidecar.app, path);
      expect(reply.status).toBe(400);
      expect(reply.headers.get("content-type")).toContain("application/problem+json");
    }
  });
});

describe("bodies", () => {
  it.each([
    ["declared", () => "x".repeat(200_000)],
    ["endless", () => new Blob(["x".repeat(200_000)]).stream()],
  ])("that are too large, %s, are 413", async (_name, body) => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body(),
      duplex: "half" as const,
    };
    const reply = await call(sidecar.app, "/api/v1/receipts", init);
    expect(reply.status).toBe(413);
    expect(reply.json["type"]).toBe("urn:receipt-sync:problem:too-large");
  });

  it.each([
    [{ "content-type": "text/plain" }],
    [{ "content-type": "application/x-www-form-urlencoded" }],
    [{ "content-type": "nonsense" }],
    [{ "content-type": "application/json", "content-encoding": "gzip" }],
  ])("of the wrong type, %j, are 415", async (headers) => {
    const reply = await post(receiptText("typed"), headers);
    expect(reply.status).toBe(415);
    expect(reply.headers.get("content-type")).toContain("application/problem+json");
  });

  it("may name their letters and come with any case", async () => {
    const reply = await post(receiptText("typed"), { "content-type": "Application/JSON; charset=utf-8" });
    expect(reply.status).toBe(202);
  });
});

/** A request whose path no URL parser touches. */
async function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(sidecar.app);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString().split("\r\n\r\n")[1] ?? "";
}
