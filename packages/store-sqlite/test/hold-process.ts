/** Opens the log named on the command line and holds it until it is killed. */
import { sqliteStore } from "../src/index.ts";

const [path = ""] = process.argv.slice(2);
await sqliteStore(path, { regionId: "eu-west-1" });
console.log("open");
process.stdin.resume();
