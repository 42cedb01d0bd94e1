/** Everything that can go wrong in a simulation, by name. A run draws which of them are on. */
export const FAULT_KINDS = [
  "crash",
  "crashInCommit",
  "crashBeforeReply",
  "powerLoss",
  "powerLossAfterRestart",
  "pause",
  "partition",
  "oneWay",
  "nonTransitive",
  "slow",
  "loss",
  "duplicate",
  "reorder",
  "replyLost",
  "fullDisk",
  "failedFsync",
  "wipe",
  "restore",
  "oldStoreReturns",
  "clockJump",
  "lie",
  "swappedEndpoints",
  "otherPolicy",
] as const;

/** One kind of fault that a run may switch on or leave out. */
export type FaultKind = (typeof FAULT_KINDS)[number];
