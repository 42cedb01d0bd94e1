import { formatListenAddress } from "./listen-address.ts";
import type { SidecarConfig } from "./sidecar-config.ts";
import { formatStoreLocation } from "./store-location.ts";

/** Keys that differ and that a running process can not change. (`region` can not either; the manager refuses that.) */
export function keysThatNeedRestart(before: SidecarConfig, next: SidecarConfig): readonly string[] {
  const old = fixedValues(before);
  return Object.entries(fixedValues(next)).flatMap(([key, value]) => (value === old[key] ? [] : [key]));
}

function fixedValues({ listen, store, log }: SidecarConfig): Readonly<Record<string, string>> {
  return {
    "listen.app": formatListenAddress(listen.app),
    "listen.peer": formatListenAddress(listen.peer),
    store: formatStoreLocation(store),
    "log.format": log.format,
  };
}
