/** A sidecar over a store that fails in the way that the first argument names. */
import { type ReceiptStore, StoreError } from "@rsync/core";
import { memoryStore } from "@rsync/node";
import { loadConfig } from "../src/config/load-config.ts";
import { createLogging } from "../src/logging.ts";
import { runSidecar } from "../src/run-sidecar.ts";

const store = memoryStore({ regionId: "us-east-1" });
const failed = new StoreError("failed", "the disk is gone");
const troubled: Readonly<Record<string, ReceiptStore>> = {
  close: { ...store, close: () => Promise.reject(new Error("it does not close")) },
  before: { ...store, failure: Promise.resolve(failed) },
};

const source = {
  file: undefined,
  environment: { RSYNC_LISTEN_APP: "127.0.0.1:0", RSYNC_LISTEN_PEER: "127.0.0.1:0", RSYNC_STORE: "memory:" },
};
const loaded = await loadConfig(source);
if (loaded.kind === "invalid") throw new Error("the configuration of this test is wrong");
const opening = Promise.resolve(troubled[process.argv[2] ?? ""] ?? store);
await runSidecar({ source, config: loaded.config, logging: createLogging(loaded.config.log), opening });
