import { bodyOf } from "../api/sidecar-client.ts";
import type { AcceptLossReply } from "../api/sidecar-replies.ts";
import { ExitCode } from "../exit-code.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

export interface AcceptLossOptions extends SidecarOptions {
  /** Another store than this one is left as it is. */
  readonly storeId?: string | undefined;
}

/** `receipt-sync accept-loss`: the sidecar's store votes again, although an earlier one held more. */
export async function acceptLoss(options: AcceptLossOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const body = options.storeId === undefined ? {} : { body: JSON.stringify({ store_id: options.storeId }) };
  const reply = await client.call({ method: "POST", path: "/api/v1/accept-loss", ...body, signal });
  const { accepted, store_id } = bodyOf<AcceptLossReply>(client.url, reply);
  if (options.json) terminal.print(reply.text.trim());
  else if (accepted) terminal.print(lossAccepted(store_id));
  else terminal.print(`There is no loss to accept: the region votes already, with store ${store_id}.`);
  return ExitCode.ok;
}

function lossAccepted(storeId: string): string {
  return `The loss is accepted: the region votes from now on with the store that it has, ${storeId}.
What only its earlier store held, and no other region, is gone for good; what others hold still comes back,
but not under ids under which this store holds other content by now: see the dead letters that the others have for this region.`;
}
