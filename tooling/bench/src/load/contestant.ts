import type { LoadPlan, LoadRun } from "./closed-loop.ts";

/** One way to have receipts in three regions. */
export interface Contestant {
  readonly name: ContestantName;
  /** What would be measured, or why it can not be. */
  readonly find: () => Promise<Found>;
  /** Starts three regions as processes, with their files in an empty folder. */
  readonly start: (folder: string) => Promise<Deployment>;
}

export type Found =
  | {
      readonly kind: "found";
      readonly version: string;
      /** What stands behind an acknowledgement, in a few words. */
      readonly durability: string;
    }
  | { readonly kind: "missing"; readonly reason: string };

const OURS = ["in-process", "sidecar", "sidecar-stream"] as const;
export const PEERS = ["etcd", "postgresql", "nats", "redis"] as const;
export const CONTESTANTS = ["by-hand", ...OURS, ...PEERS] as const;

export type PeerName = (typeof PEERS)[number];
export type ContestantName = (typeof CONTESTANTS)[number];

/** Three regions that run. */
export interface Deployment {
  /** Submits to the first region. */
  readonly load: (plan: LoadPlan) => Promise<LoadRun>;
  /** Ends all three; resolves to the number of receipts that each holds. */
  readonly stop: () => Promise<readonly number[]>;
}

/** The same where the last region's process can be lost. */
export interface LosingDeployment extends Deployment {
  /** The process that receipts are submitted to. */
  readonly pid: number;
  /** The last region's process ends. */
  readonly lose: () => Promise<void>;
  /** It starts again with what it held, where the others look for it. */
  readonly recover: () => Promise<void>;
}

/** What this repository brings along is always there. */
export async function findOwn(): Promise<Found> {
  return { kind: "found", version: "of this checkout", durability: "fsync on 2 of 3" };
}
