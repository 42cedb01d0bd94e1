export type { FaultyBehaviour } from "./faulty-behaviour.ts";
export { type ArrivedRequest, type FaultyPeer, faultyPeer } from "./faulty-peer.ts";
export { type AppendOptions, type ForeignAppendOptions, foreignAppend, ownAppend } from "./sample-appends.ts";
export { type SeedOnlyPeer, type SeedOnlyPeerOptions, seedOnlyPeer } from "./seed-only-peer.ts";
export type { SeedDelivery, SeedReads } from "./seed-region.ts";
export { seededRandom, seededRandomId } from "./seeded-random.ts";
// The simulator
export type { Disk } from "./simulator/disk/disk.ts";
export type { StoreHost } from "./simulator/disk/store-host.ts";
export { drawOptions } from "./simulator/draw-options.ts";
export { FAULT_KINDS, type FaultKind } from "./simulator/faults/fault-kind.ts";
export { type FourDaysReport, fourDaysAway } from "./simulator/four-days-away.ts";
export type { QuorumRule, SimulatedRegion, SimulationOptions, WorkKind } from "./simulator/options.ts";
export type {
  ProcessParts,
  SimulatedLaneLimits,
  SimulatedProcess,
  SimulatedReceiver,
  StartProcess,
  ToldInspection,
  ToldResult,
} from "./simulator/process/simulated-process.ts";
export type { OpenStore } from "./simulator/process/site.ts";
export { type LeftOut, leaveOut, NOTHING_LEFT_OUT, type Shrunk, shrink } from "./simulator/shrink.ts";
export { type SimulateParts, type SimulationReport, simulate } from "./simulator/simulate.ts";
export type { Violation } from "./simulator/violation.ts";
export type { SeedRetry, SeedSubmission } from "./submit-as-seed.ts";
export { type VirtualClock, type VirtualClockOptions, virtualClock } from "./virtual-clock.ts";
