import { createHash } from "node:crypto";
import { type Append, canonicalBytes } from "@rsync/core";
import { makeReceipt } from "../load/make-receipt.ts";
import type { IdVersion } from "../load/shape.ts";

/**
 * Whose receipts they are: `own` were submitted to this region, which owes them to every other one; `foreign` came from a
 * region of old, and nobody is owed any.
 */
export type Origin = "own" | "foreign";

/** A new receipt for a store; `sourceSeq` is the number that the region of old gave it. */
export function makeAppend(origin: Origin, sourceSeq: number, ids: IdVersion): Append {
  const receipt = makeReceipt(ids);
  const timestamp = new Date().toISOString();
  const digest = createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
  if (origin === "own") return { kind: "own", receipt, digest, timestamp };
  const envelope = { timestamp, sourceRegion: "archive", sourceStore: "archive", sourceSeq };
  return { kind: "foreign", record: { ...receipt, digest, ...envelope } };
}
