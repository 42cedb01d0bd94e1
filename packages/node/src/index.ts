// The sending side

export type { AwaitOptions } from "./await-quorum.ts";
export type { SyncOptions } from "./call-options.ts";
export {
  DeadLetterNotFoundError,
  InvalidOptionsError,
  InvalidReceiptError,
  ManagerClosedError,
  OverloadedError,
  ReceiptNotFoundError,
  StillOwedError,
  type SyncErrorKind,
  UnknownRegionError,
} from "./errors.ts";
export type { ManagerEventMap } from "./events.ts";
// The receiving side
export { type FetchHandlerOptions, fetchHandler } from "./fetch-handler.ts";
export type { HistogramFigures } from "./histogram.ts";
export type { Inspection, InspectOptions, RegionInspection } from "./inspect.ts";
export type { IntakeLimits } from "./intake.ts";
export type { BuriedReceipt, DeadLetterOptions, DeadLetterPage } from "./list-dead-letters.ts";
export type { ListOptions, ReceiptPage } from "./list-receipts.ts";
export { type CloseOptions, ReceiptSyncManager, type ReconfigureOptions } from "./manager.ts";
export type { ManagerMetrics, RegionMetrics } from "./manager-metrics.ts";
// A store for tests and trials
export { type MemoryStoreOptions, memoryStore } from "./memory-store.ts";
export type { DeliveryFigures, FailureCounts, SyncFigures } from "./metrics.ts";
export type { LaneLimits, ManagerParts } from "./parts.ts";
export { answerPeer, PEER_BODY_BYTES_MAX } from "./peer-protocol.ts";
export type { PeerBody, PeerRequest, PeerResponse } from "./peer-request.ts";
export type { HeldForPeer, ReceiptReceiver, Received, ReceivedItem } from "./receiver.ts";
export type { CacheFigures } from "./recent-syncs.ts";
export type { RegionReport } from "./region-report.ts";
export type { ReplayedDeadLetters, ReplayOptions } from "./replay-dead-letters.ts";
export type { DeadLetterActOptions, DeadLetterSelection, SelectedDeadLetters } from "./select-dead-letters.ts";
export type { RegionError, RegionSyncResult, SyncResult } from "./sync-result.ts";
