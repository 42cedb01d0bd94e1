import { formatListenAddress } from "./listen-address.ts";
import type { SidecarConfig } from "./sidecar-config.ts";
import { formatStoreLocation } from "./store-location.ts";

/** The defaults of `@rsync/node`. */
const WINDOW_DEFAULT = 4;
const SINGLES_WINDOW_DEFAULT = 16;

/** Requests in flight at once to one region, of whatever form. */
export function laneWindow({ lanes }: SidecarConfig): number {
  return Math.max(lanes.windowMax ?? WINDOW_DEFAULT, lanes.singlesWindowMax ?? SINGLES_WINDOW_DEFAULT);
}

/**
 * Keys that differ from those that the process was started with, and that it can not change while it runs. (`region` can not
 * either; the manager refuses that.) A smaller window it can take, a larger one not: there are no more connections for it.
 */
export function keysThatNeedRestart(started: SidecarConfig, next: SidecarConfig): readonly string[] {
  const old = fixedValues(started);
  const keys = Object.entries(fixedValues(next)).flatMap(([key, value]) => (value === old[key] ? [] : [key]));
  return laneWindow(next) > laneWindow(started) ? [...keys, "lanes.windowMax"] : keys;
}

function fixedValues({
  listen,
  store,
  storeBytesMax,
  log,
  intake,
  recentReceiptsMax,
}: SidecarConfig): Readonly<Record<string, string | number | undefined>> {
  return {
    "listen.app": formatListenAddress(listen.app),
    "listen.peer": formatListenAddress(listen.peer),
    store: formatStoreLocation(store),
    storeBytesMax,
    "log.format": log.format,
    "intake.receiptsMax": intake.receiptsMax,
    recentReceiptsMax,
  };
}
