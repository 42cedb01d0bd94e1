import { storeBehaviour } from "./store-behaviour.ts";
import { temporaryLog } from "./temporary-log.ts";

storeBehaviour(async () => {
  const log = temporaryLog();
  return { open: (regionId) => log.open(regionId === undefined ? {} : { regionId }), remove: log.remove };
});
