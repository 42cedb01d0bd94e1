/** A program in one file: its own threads run it again, and it stops there. */

import { ownAppend as own } from "@rsync/testkit";
import { sqliteStore } from "../src/index.ts";
import { runStoreWorker } from "../src/worker-in-bundle.ts";

if (!runStoreWorker()) {
  const [path = ""] = process.argv.slice(2);
  const store = await sqliteStore(path, { regionId: "eu-west-1", workerUrl: new URL(import.meta.url) });
  await store.append([own("a")]);
  console.log(JSON.stringify({ own: (await store.get("a"))?.own }));
  await store.close();
}
