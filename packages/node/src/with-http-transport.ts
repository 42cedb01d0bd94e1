import type { Clock, Transport } from "@rsync/core";
import { httpTransport } from "@rsync/transport-http";

/** The transport of whoever names none. The only file of this package that knows HTTP's client side. */
export function defaultTransport(clock: Clock): Transport {
  return httpTransport({ clock });
}
