import type { LoadPlan, LoadRun } from "../load/closed-loop.ts";
import type { RegionAddress } from "./region-names.ts";

/** What the bench asks of a region's process, one at a time. */
export type RegionRequest =
  | { readonly kind: "listen"; readonly regionId: string; readonly folder: string; readonly port: number }
  | { readonly kind: "join"; readonly others: readonly RegionAddress[] }
  | { readonly kind: "load"; readonly plan: LoadPlan }
  /** Answered with what it held; the process ends afterwards. */
  | { readonly kind: "stop" };

/** What it answers. */
export type RegionReply =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "joined" }
  | { readonly kind: "loaded"; readonly run: LoadRun }
  | { readonly kind: "stopped"; readonly held: number }
  | { readonly kind: "failed"; readonly message: string };
