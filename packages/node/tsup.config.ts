import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

// Who takes promises never loads Effect.
export default defineConfig(library({ platform: "node", subpaths: ["effect"] }));
