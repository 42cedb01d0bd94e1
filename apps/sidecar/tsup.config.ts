import { standaloneProgram } from "@rsync/build-presets/program";
import { defineConfig } from "tsup";

export default defineConfig(standaloneProgram());
