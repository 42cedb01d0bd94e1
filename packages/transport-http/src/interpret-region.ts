/** Reads how a region describes itself. */
import type { RegionDescription } from "@rsync/core";
import type { HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import type { Interpreted } from "./interpreted.ts";
import { readDurability } from "./read-durability.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { statusFault } from "./status-fault.ts";

/** 200 with `region`, `store_id`, `durability`, `versions` and `policy_digest`; what else it holds is for later versions. */
export function interpretRegion(reply: HttpReply, wallMs: () => number): Interpreted<RegionDescription> {
  if (reply.status < 200 || reply.status > 299) return { kind: "failed", fault: statusFault(reply, wallMs) };
  if (reply.status !== 200) return garbled(reply, "a description comes with status 200");
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return garbled(reply, json.detail);
  const { region, store_id: storeId, durability, versions, policy_digest: policyDigest } = fieldsOf(json.value);
  if (typeof region !== "string" || region === "") return garbled(reply, "region is not a name");
  if (typeof storeId !== "string" || storeId === "") return garbled(reply, "store_id is not an id");
  const stored = readDurability(durability);
  if (stored.kind === "wrong") return garbled(reply, stored.detail);
  if (stored.value === undefined) return garbled(reply, "durability is missing");
  if (!isVersions(versions)) return garbled(reply, "versions is not a list of whole numbers");
  if (typeof policyDigest !== "string") return garbled(reply, "policy_digest is not a string");
  return { kind: "replied", reply: { regionId: region, storeId, durability: stored.value, versions, policyDigest } };
}

function isVersions(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((version) => Number.isSafeInteger(version));
}
