/** Why a region of the demo did not start. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { DemoRegion } from "../src/demo/demo-region.ts";
import { DemoWorkspace } from "../src/demo/demo-workspace.ts";
import { freePorts } from "../src/demo/free-ports.ts";

function newRegion(): { readonly workspace: DemoWorkspace; readonly region: DemoRegion } {
  const workspace = new DemoWorkspace();
  onTestFinished(() => workspace.remove());
  return { workspace, region: new DemoRegion("us-east-1", workspace) };
}

// The regions run from sources, as this test does.
process.execArgv = ["--conditions=@rsync/source"];

test("a port that is in use is told from everything else", { timeout: 30_000 }, async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const [west = 0, eu = 0] = await freePorts(2);
  const { port } = server.address() as AddressInfo;
  const { region } = newRegion();
  await region.writeConfig({ "us-east-1": port, "us-west-1": west, "eu-west-1": eu });
  await expect(region.start()).rejects.toMatchObject({ portTaken: true });
});

test("a configuration that is wrong is no port in use, whatever words it has", { timeout: 30_000 }, async () => {
  const [east = 0, west = 0, eu = 0] = await freePorts(3);
  const { workspace, region } = newRegion();
  await region.writeConfig({ "us-east-1": east, "us-west-1": west, "eu-west-1": eu });
  writeFileSync(workspace.path("us-east-1.json"), '{"region in use EADDRINUSE":1}');
  await expect(region.start()).rejects.toMatchObject({
    portTaken: false,
    message: expect.stringContaining("EADDRINUSE"),
  });
});
