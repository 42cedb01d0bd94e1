import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

// Who takes the index needs no test runner.
export default defineConfig(library({ platform: "node", subpaths: ["contracts"] }));
