import { fileURLToPath } from "node:url";
import { cruiseBoundaries } from "./cruise-boundaries.ts";

/** The repository is larger than this; seeing less means that the tool looked at the wrong place. */
const fewestModules = 20;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { modules, violations } = await cruiseBoundaries(root);
for (const violation of violations) {
  console.error(violation);
}
if (modules <= fewestModules) {
  console.error(`Only ${modules} modules were found, fewer than this repository has: nothing was checked.`);
}
console.log(`${modules} modules, ${violations.length} forbidden imports`);
process.exitCode = violations.length > 0 || modules <= fewestModules ? 1 : 0;
