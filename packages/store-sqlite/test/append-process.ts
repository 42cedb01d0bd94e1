/** Opens the log named on the command line and appends until it is killed; one line for each acknowledged receipt. */

import { foreignAppend as foreign, ownAppend as own } from "@rsync/testkit";
import { sqliteStore } from "../src/index.ts";

const [path = "", label = ""] = process.argv.slice(2);
const store = await sqliteStore(path, { regionId: "eu-west-1" });
process.stdout.write("open\n");
let next = 0;
const callers = Array.from({ length: 32 }, async (_, caller) => {
  for (;;) {
    next += 1;
    const id = `${label}-${next}`;
    const item = caller % 4 === 0 ? foreign(id, { store: "far", seq: next }) : own(id);
    const [result] = await store.append([item]);
    if (result?.kind === "stored") process.stdout.write(`${id} ${result.row.position}\n`);
  }
});
await Promise.all(callers);
