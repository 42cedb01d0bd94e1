import { storeContract } from "@rsync/testkit/contracts";
import { temporaryLog } from "./temporary-log.ts";

storeContract("SQLite", async () => {
  const log = temporaryLog();
  return { open: (regionId) => log.open(regionId === undefined ? {} : { regionId }), remove: log.remove };
});
