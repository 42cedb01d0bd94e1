/** Reads the reply to the question what a region holds under an id. */
import { type Identification, mismatchFault, parseWireReceiptValue, type ReadReply } from "@rsync/core";
import type { HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import type { Interpreted } from "./interpreted.ts";
import { readDurability } from "./read-durability.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { statusFault } from "./status-fault.ts";

/** `identification` is what the reply's headers said: it decides by whose protocol the reply is read. */
export function interpretRead(
  asked: string,
  reply: HttpReply,
  identification: Identification,
  wallMs: () => number,
): Interpreted<ReadReply> {
  if (reply.status === 200) return interpretFound(asked, reply, identification);
  if (reply.status > 200 && reply.status <= 299) return garbled(reply, "a receipt comes with status 200");
  const fault = statusFault(reply, wallMs);
  switch (fault.problem?.kind) {
    case "not-found":
      if (fault.status === 404) return { kind: "replied", reply: { kind: "absent" } };
      break;
    case "pruned":
      if (fault.status === 410) return { kind: "replied", reply: { kind: "pruned" } };
      break;
    case "refilling":
      if (fault.status === 503) return { kind: "replied", reply: { kind: "unknown" } };
      break;
  }
  if (fault.status === 404 && fault.problem === undefined && isSeedStyle(identification) && isSeedNotFound(reply)) {
    return { kind: "replied", reply: { kind: "absent" } };
  }
  return { kind: "failed", fault };
}

/**
 * The seeds give their 404 no body. Something else that has no such page says 404 too: a proxy whose region is gone, another
 * service at a wrong path. Those answer people, in HTML or plain text, so only an empty body or JSON is a region's word; the
 * others are a fault of the link, which claims nothing about the receipt.
 */
function isSeedNotFound(reply: HttpReply): boolean {
  return reply.body.byteLength === 0 || parseReplyJson(reply.body).kind === "json";
}

/** No header of ours at all; headers that introduce nobody are neither our protocol nor the seeds'. */
function isSeedStyle(identification: Identification): boolean {
  return identification.from === undefined && identification.partial !== true;
}

function interpretFound(asked: string, reply: HttpReply, identification: Identification): Interpreted<ReadReply> {
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return garbled(reply, json.detail);
  const { receipt_id: named } = fieldsOf(json.value);
  if (typeof named === "string" && named !== asked) {
    return { kind: "failed", fault: mismatchFault("receiptId", asked, named) };
  }
  const parsed = parseWireReceiptValue(json.value);
  if (parsed.kind === "parsed") {
    const durability = readDurability(fieldsOf(json.value)["durability"]);
    if (durability.kind === "wrong") return garbled(reply, durability.detail);
    const { receipt, envelope } = parsed;
    return { kind: "replied", reply: { kind: "held", receipt, envelope, durability: durability.value } };
  }
  // A region of ours owes the contents; a bare yes is all that the seeds promise.
  if (!isSeedStyle(identification)) {
    return garbled(reply, parsed.problems.map((problem) => problem.message).join("; "));
  }
  return { kind: "replied", reply: { kind: "present" } };
}
