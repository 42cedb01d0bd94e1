import { type Contestant, findOwn } from "../load/contestant.ts";
import { startDeployment } from "../regions/start-deployment.ts";

/** What a developer would write by hand; the load is made in the first region's process. */
export const byHand: Contestant = {
  name: "by-hand",
  find: findOwn,
  start: (folder) => startDeployment(new URL("./region-main.ts", import.meta.url), folder),
};
