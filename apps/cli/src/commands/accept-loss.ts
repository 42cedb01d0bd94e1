import { bodyOf } from "../api/sidecar-client.ts";
import type { AcceptLossReply } from "../api/sidecar-replies.ts";
import { ExitCode } from "../exit-code.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

/** `receipt-sync accept-loss`: the sidecar's store votes again, although an earlier one held more. */
export async function acceptLoss(options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const reply = await client.call({ method: "POST", path: "/api/v1/accept-loss", signal });
  const { accepted, store_id } = bodyOf<AcceptLossReply>(client.url, reply);
  if (options.json) terminal.print(reply.text.trim());
  else if (accepted) terminal.print(`The loss is accepted: the region votes with the store that it has, ${store_id}.`);
  else terminal.print("There is no loss to accept: the region votes already.");
  return ExitCode.ok;
}
