/** A checked configuration as JSON for people: every default filled in, durations in milliseconds. */
import { formatListenAddress } from "./listen-address.ts";
import type { SidecarConfig } from "./sidecar-config.ts";
import { formatStoreLocation } from "./store-location.ts";

export function describeConfig({ sync, warnings, listen, store, ...own }: SidecarConfig): string {
  const described = {
    ...sync,
    listen: { app: formatListenAddress(listen.app), peer: formatListenAddress(listen.peer) },
    store: formatStoreLocation(store),
    ...own,
    warnings: warnings.map(({ message }) => message),
  };
  return JSON.stringify(described, undefined, 2);
}
