import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "@rsync/testkit/contracts";
import { openJournalStore } from "./journal-store.ts";

storeContract("a journal of JSON lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-store-"));
  return {
    open: (regionId = "eu-west-1") => openJournalStore(join(folder, "receipts.journal"), regionId),
    remove: () => rm(folder, { recursive: true }),
  };
});
