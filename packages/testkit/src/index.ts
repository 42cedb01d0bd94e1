export type { FaultyBehaviour } from "./faulty-behaviour.ts";
export { type ArrivedRequest, type FaultyPeer, faultyPeer } from "./faulty-peer.ts";
export { type SeedOnlyPeer, type SeedOnlyPeerOptions, seedOnlyPeer } from "./seed-only-peer.ts";
export type { SeedDelivery, SeedReads } from "./seed-region.ts";
export { seededRandom, seededRandomId } from "./seeded-random.ts";
export type { SeedRetry, SeedSubmission } from "./submit-as-seed.ts";
export type { ProcessParts, SimulatedProcess, StartProcess } from "./simulator/process/simulated-process.ts";
export { type SimulateParts, type SimulationReport, simulate } from "./simulator/simulate.ts";
export { type VirtualClock, type VirtualClockOptions, virtualClock } from "./virtual-clock.ts";
