import { failedReply } from "../api/sidecar-client.ts";
import { ExitCode } from "../exit-code.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

/** `receipt-sync accept-loss`: the sidecar's store votes again, although an earlier one held more. */
export async function acceptLoss(options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const reply = await client.call({ method: "POST", path: "/api/v1/accept-loss", signal });
  if (reply.status < 200 || reply.status > 299) throw failedReply(client.url, reply);
  if (options.json) terminal.print(reply.text.trim() === "" ? "{}" : reply.text.trim());
  else terminal.print("The loss is accepted: the region votes with the store that it has.");
  return ExitCode.ok;
}
