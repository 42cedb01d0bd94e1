import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildTarballs } from "../src/build-tarballs.ts";
import { typeErrors } from "../src/type-check.ts";
import { UserFolder } from "../src/user-folder.ts";
import { startPair } from "./installed-sidecar.ts";

const MINUTE = 60_000;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const destination = mkdtempSync(join(tmpdir(), "receipt-sync-tarballs-"));
const paths = new Map<string, string>();
let user: UserFolder;

beforeAll(async () => {
  for (const { name, path } of await buildTarballs(root, destination)) paths.set(name, path);
}, 3 * MINUTE);

afterAll(() => rmSync(destination, { recursive: true, force: true }));

beforeEach(() => {
  user = new UserFolder();
});

afterEach(() => user.remove());

/** What such a user wrote. */
function written(name: string): string {
  return fileURLToPath(new URL(`users/${name}`, import.meta.url));
}

/** The packed file of a package. */
function tarball(name: string): string {
  const path = paths.get(name);
  if (path === undefined) throw new Error(`${name} is not published`);
  return path;
}

test("a library author: @rsync/core alone, with a transport and a store of one's own", {
  timeout: MINUTE,
}, async () => {
  await user.install(tarball("@rsync/core"));
  expect(user.installed()).toEqual(["@rsync/core", "zod"]);
  user.add(written("core-author"));
  expect(await typeErrors(user, ["courier-transport.ts", "shelf-store.ts", "delivery.ts"], [])).toEqual([]);
  expect(await typeErrors(user, ["author-process.ts"], ["node"])).toEqual([]);
  const { code, stdout, stderr } = await user.run("node", "author-process.ts");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    outcome: "committed",
    // The second and third attempt, 1 s and then 2 s after the one before.
    atMs: 3_000,
    held: [
      ["north", "18446744073709551615"],
      ["south", "18446744073709551615"],
    ],
    rows: { rows: 1, own: 1 },
  });
});

test("a Node service: @rsync/node in-process, with its peer side mounted on node:http", {
  timeout: MINUTE,
}, async () => {
  const ours = ["@rsync/core", "@rsync/transport-http", "@rsync/node", "@rsync/store-sqlite"];
  await user.install(...ours.map(tarball));
  user.add(written("node-service"));
  expect(await typeErrors(user, ["service-process.ts"], ["node"])).toEqual([]);
  const { code, stdout, stderr } = await user.run("node", "service-process.ts");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    outcome: "committed",
    durability: [
      ["east", "fsync"],
      ["west", "fsync"],
    ],
    verified: true,
    found: [
      ["east", "same"],
      ["west", "same"],
    ],
  });
});

test("a service in any language: the sidecar, which needs nothing installed beside it", {
  timeout: MINUTE,
}, async () => {
  await user.install(tarball("@rsync/sidecar"));
  expect(user.installed()).toEqual(["@rsync/sidecar"]);
  const [east, west] = await startPair(user);
  const body = `{"receipt_id":"order 17/ä","transaction_id":"t","hash":"c0ffee","ticks":7,"span_id":18446744073709551615,"committed":true}`;
  const headers = { "content-type": "application/json" };
  const posted = await fetch(`${east.url}/api/v1/receipts`, { method: "POST", headers, body });
  expect(posted.status).toBe(200);
  expect(await posted.json()).toMatchObject({ outcome: "committed", quorum_achieved: true, synced_regions: 2 });
  const read = await fetch(`${west.url}/api/v1/receipts/${encodeURIComponent("order 17/ä")}`);
  expect(read.status).toBe(200);
  expect(await read.text()).toContain('"span_id":18446744073709551615');
  expect(await Promise.all([east.terminate(), west.terminate()])).toMatchObject([{ code: 0 }, { code: 0 }]);
});

test("an operator: the command, with its demo", { timeout: MINUTE }, async () => {
  await user.install(...["@rsync/core", "@rsync/sidecar", "@rsync/cli"].map(tarball));
  const command = (...args: readonly string[]) => user.run("npx", "--no-install", "receipt-sync", ...args);

  const help = await command("--help");
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("receipt-sync");

  expect(await command("config", "init", "receipt-sync.yaml")).toMatchObject({ code: 0 });
  expect(await command("config", "check", "receipt-sync.yaml")).toMatchObject({ code: 0 });

  const demo = await command("demo", "--json");
  expect(demo).toMatchObject({ code: 0 });
  const report = JSON.parse(demo.stdout.trimEnd().split("\n").at(-1) ?? "");
  expect(report).toMatchObject({ committed: 2_000, pending: 0, refused: 0, lost: 0 });
  expect(report.regions).toEqual(
    ["us-east-1", "us-west-1", "eu-west-1"].map((region) => ({ region, receipts: 2_000, missing: 0 })),
  );
});
