import type { LaneRules } from "@rsync/core";
import type { Exchange } from "./exchange.ts";
import type { DeliveryMeter } from "./metrics.ts";
import type { Surroundings } from "./parts.ts";
import type { PeerRegistry } from "./peer-registry.ts";
import type { Turns } from "./turns.ts";
import type { Waits } from "./waits.ts";

/** What a lane needs of the rest of the manager. */
export interface LaneSurroundings {
  readonly around: Surroundings;
  readonly exchange: Exchange;
  readonly peers: PeerRegistry;
  readonly waits: Waits;
  readonly rules: LaneRules;
  readonly turns: Turns;
  readonly meter: DeliveryMeter;
  /** Aborted when the manager gives up what is in flight. */
  readonly signal: AbortSignal;
  /** Called when something that should survive a restart has changed. */
  readonly cursorMoved: () => void;
}
