import type { Fault } from "@rsync/core";
import { excerptOf, excerptOfText } from "./excerpt.ts";
import type { HttpReply } from "./exchange.ts";

/** A reply that claims success and is none of this protocol. */
export function garbled(reply: HttpReply, detail: string): { readonly kind: "failed"; readonly fault: Fault } {
  const { status, body } = reply;
  return {
    kind: "failed",
    fault: { kind: "garbled", status, detail: excerptOfText(detail), excerpt: excerptOf(body) },
  };
}
