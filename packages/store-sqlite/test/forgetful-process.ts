/** Appends one receipt and ends without closing the log. */

import { ownAppend as own } from "@rsync/testkit";
import { sqliteStore } from "../src/index.ts";

const [path = ""] = process.argv.slice(2);
const store = await sqliteStore(path, { regionId: "eu-west-1" });
await store.saveCursors([{ regionId: "us-east-1", storeId: "s", position: 1 }]);
const [result] = await store.append([own("a")]);
console.log(result?.kind);
