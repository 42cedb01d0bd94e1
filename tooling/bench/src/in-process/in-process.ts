import { type Contestant, findOwn } from "../load/contestant.ts";
import { startDeployment } from "../regions/start-deployment.ts";

/** `@rsync/node` inside the service; the load is made in the first region's process. */
export const inProcess: Contestant = {
  name: "in-process",
  find: findOwn,
  start: (folder) => startDeployment(new URL("./region-main.ts", import.meta.url), folder),
};
