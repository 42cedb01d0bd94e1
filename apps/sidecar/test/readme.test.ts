/** What the README says can be done as it is written there. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { parseConfig } from "@rsync/core";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ownKeys, readOwnKeys } from "../src/config/read-own-keys.ts";
import { receiptText } from "./receipt-text.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const curlLines = [...readme.matchAll(/`(curl [^`]*)`/g)].flatMap(([, line]) => line ?? []);
const folder = temporaryFolder();
let sidecar: SidecarProcess;

beforeAll(async () => {
  folder.write("receipts.ndjson", `${receiptText("many-1")}\n${receiptText("many-2")}\n`);
  sidecar = await startSidecar([], {
    RSYNC_LISTEN_APP: "127.0.0.1:0",
    RSYNC_LISTEN_PEER: "127.0.0.1:0",
    RSYNC_STORE: `sqlite:${folder.file("receipts.db")}`,
    RSYNC_CROSS_REGION_SYNC_ENABLED: "true",
    RSYNC_REGIONS: '[{"regionId":"eu-west-1","endpoint":"http://127.0.0.1:1"}]',
  });
});

describe("the README", () => {
  it("has a curl line for every route", () => {
    expect(curlLines).toHaveLength(15);
  });

  it.each(curlLines)("%s", async (line) => {
    const command = line
      .replace("curl ", "curl --silent --show-error --fail-with-body ")
      .replace("http://127.0.0.1:7400", sidecar.app);
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: folder.path });
    for (const answer of stdout.trim().split("\n")) expect(JSON.parse(answer)).toEqual(expect.any(Object));
  });

  it("has a configuration that is valid, of about 20 lines", () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
    const input: unknown = parse(example);
    expect(parseConfig(input, { otherKeys: ownKeys })).toMatchObject({ kind: "valid" });
    expect(readOwnKeys(input).problems).toEqual([]);
  });
});
