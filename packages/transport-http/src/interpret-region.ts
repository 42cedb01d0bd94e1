/** Reads how a region describes itself. */
import type { Identification, RegionDescription } from "@rsync/core";
import { isDigest } from "./digest-form.ts";
import type { HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import type { Interpreted } from "./interpreted.ts";
import { readDurability } from "./read-durability.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { statusFault } from "./status-fault.ts";

/**
 * 200 with `durability` and `policy_digest`; `region` and `store_id` must be those of the reply's own headers, where it has
 * them, or somebody on the way mixes up regions. What else it holds is for later versions.
 */
export function interpretRegion(
  reply: HttpReply,
  { from }: Identification,
  wallMs: () => number,
): Interpreted<RegionDescription> {
  if (reply.status < 200 || reply.status > 299) return { kind: "failed", fault: statusFault(reply, wallMs) };
  if (reply.status !== 200) return garbled(reply, "a description comes with status 200");
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return garbled(reply, json.detail);
  const { region, store_id: storeId, durability, policy_digest: policyDigest } = fieldsOf(json.value);
  if (from !== undefined && region !== from.regionId) return garbled(reply, "region is not that of the headers");
  if (from !== undefined && storeId !== from.store.storeId)
    return garbled(reply, "store_id is not that of the headers");
  const stored = readDurability(durability);
  if (stored.kind === "wrong") return garbled(reply, stored.detail);
  if (stored.value === undefined) return garbled(reply, "durability is missing");
  if (!isDigest(policyDigest)) return garbled(reply, "policy_digest is not 64 lower-case hex digits");
  return { kind: "replied", reply: { durability: stored.value, policyDigest } };
}
