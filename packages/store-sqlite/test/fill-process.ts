/**
 * Appends to the log named on the command line until that is refused, then says in one line of JSON what happened before and
 * after. A second argument names a file that takes up space: removed after the refusal, and then appending must go on.
 */
import { rmSync } from "node:fs";
import { StoreError } from "@rsync/core";
import { ownAppend as own } from "@rsync/testkit";
import { sqliteStore } from "../src/index.ts";

const [path = "", filler] = process.argv.slice(2);
const store = await sqliteStore(path, { regionId: "eu-west-1" });
let failure = "none";
void store.failure.then((error) => {
  failure = error.kind;
});
const kindOf = (error: unknown) => (error instanceof StoreError ? error.kind : String(error));

let acknowledged = 0;
let refused = "";
while (refused === "") {
  const batch = Array.from({ length: 50 }, (_, index) => own(`r${acknowledged + index}`));
  await store.append(batch).then(
    () => {
      acknowledged += batch.length;
    },
    (error: unknown) => {
      refused = kindOf(error);
    },
  );
}
const readable = (await store.get("r0")) !== undefined && (await store.count()).rows === acknowledged;
if (filler !== undefined) rmSync(filler);
const again = await store.append([own("again")]).then(([result]) => result?.kind, kindOf);
await store.close();
console.log(JSON.stringify({ acknowledged, refused, readable, again, failure }));
