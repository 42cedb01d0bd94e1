import { library } from "@rsync/build-presets/library";
import { defineConfig } from "tsup";

// The decision alone, for a store's writing thread: it must not load all of core, zod included, at each opening.
export default defineConfig(library({ platform: "neutral", subpaths: ["log/decide-append"] }));
