/** Opens the log named on the command line and says in one line what came of it. */
import { StoreError } from "@rsync/core";
import { sqliteStore } from "../src/index.ts";

const [path = ""] = process.argv.slice(2);
try {
  const store = await sqliteStore(path, { regionId: "eu-west-1" });
  await store.close();
  console.log("opened");
} catch (error) {
  console.log(error instanceof StoreError ? error.kind : String(error));
}
