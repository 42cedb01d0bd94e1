import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

export default defineConfig(library({ platform: "node", subpaths: ["worker-in-bundle"] }));
