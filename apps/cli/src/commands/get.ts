import { parseWireReceipt } from "@rsync/core";
import { failedReply, problemOf } from "../api/sidecar-client.ts";
import { CommandError } from "../command-error.ts";
import { ExitCode } from "../exit-code.ts";
import { formatFacts } from "../output/table.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";
import { receiptFacts } from "./receipt-facts.ts";

/** `receipt-sync get ID`: the receipt as this region holds it, every digit of it. */
export async function get(id: string, options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const reply = await client.call({ method: "GET", path: `/api/v1/receipts/${encodeURIComponent(id)}`, signal });
  if (reply.status === 404 && problemOf(reply.text) !== undefined) {
    throw new CommandError(`the region at ${client.url} holds no receipt "${id}"`);
  }
  const parsed = parseWireReceipt(reply.text);
  if (reply.status !== 200 || parsed.kind !== "parsed") throw failedReply(client.url, reply);
  // For machines the sidecar's own text: going through a number would cost digits.
  if (options.json) terminal.print(reply.text.trim());
  else terminal.print(formatFacts(terminal, receiptFacts(parsed)));
  return ExitCode.ok;
}
