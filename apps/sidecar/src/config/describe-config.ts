/** A checked configuration as JSON: every default filled in, durations in milliseconds. */
import { formatListenAddress } from "./listen-address.ts";
import type { LoadedConfig } from "./load-config.ts";
import type { SidecarConfig } from "./sidecar-config.ts";
import { formatStoreLocation } from "./store-location.ts";

/** For people, who read the warnings as texts among it. */
export function describeConfig(config: SidecarConfig): object {
  return { ...describeKeys(config), warnings: config.warnings.map(({ message }) => message) };
}

/** For machines: the same members whether or not the configuration is valid; `config` is null where it is not. */
export function describeCheck(loaded: LoadedConfig): object {
  if (loaded.kind === "invalid") return { valid: false, config: null, problems: loaded.problems, warnings: [] };
  const { config } = loaded;
  return { valid: true, config: describeKeys(config), problems: [], warnings: config.warnings };
}

function describeKeys({ sync, warnings: _, listen, store, ...own }: SidecarConfig): object {
  return {
    ...sync,
    listen: { app: formatListenAddress(listen.app), peer: formatListenAddress(listen.peer) },
    store: formatStoreLocation(store),
    ...own,
  };
}
