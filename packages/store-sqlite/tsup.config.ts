import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

export default defineConfig({
  ...library({ platform: "node", subpaths: ["worker-in-bundle"] }),
  // The threads' files need nothing beside them, so that a bundler may copy them.
  noExternal: ["@rsync/core/decide-append"],
});
