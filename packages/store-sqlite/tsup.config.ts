import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

const shared = { ...library({ platform: "node" }), clean: false }; // the build script cleans once, for both

export default defineConfig([
  { ...shared, entry: ["src/index.ts", "src/worker-in-bundle.ts"] },
  {
    ...shared,
    // A thread needs one function of core. With that inside, it starts 50 ms sooner than with all of core and zod, and a
    // bundled program can have these two files beside it and nothing else. From core's sources, because of its build,
    // which is one file, everything would come along.
    entry: ["src/writer-worker.ts", "src/reader-worker.ts"],
    noExternal: ["@rsync/core"],
    esbuildOptions: (options) => {
      options.conditions = ["@rsync/source"];
    },
  },
]);
