import type { Contestant } from "../load/contestant.ts";
import { startDeployment } from "../regions/start-deployment.ts";

/** `@rsync/node` inside the service; the load is made in the first region's process. */
export const inProcess: Contestant = {
  name: "in-process",
  start: (folder) => startDeployment(new URL("./region-main.ts", import.meta.url), folder),
};
