/** Writes the configuration's JSON Schema into `dist`, from where the package ships it for editors. */
import { writeFileSync } from "node:fs";
import { configJsonSchema } from "../src/index.ts";

writeFileSync(
  new URL("../dist/config.schema.json", import.meta.url),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
