import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

export default defineConfig({
  ...library({ platform: "node" }),
  // Two entries, so that whoever takes promises never loads Effect; what they share is one file.
  entry: ["src/index.ts", "src/effect.ts"],
  splitting: true,
});
