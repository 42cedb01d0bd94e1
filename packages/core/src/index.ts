// The configuration: what people write, what it resolves to, what is wrong or surprising about it.
export { checkPolicy, type PolicyWarning } from "./config/check-policy.ts";
export type {
  Config,
  ConfigInput,
  ConfigProblem,
  Duration,
  QuorumGroupInput,
  QuorumInput,
  QuorumMemberInput,
  RegionProtocol,
  RemoteRegionConfig,
  RemoteRegionInput,
  RetryJitter,
  WaitFor,
  ZonesQuorumInput,
} from "./config/config.ts";
export { ConfigError, describeConfigProblems } from "./config/config-error.ts";
export { configVoters } from "./config/config-voters.ts";
export { DURATION_MS_MAX, type ParsedDuration, parseDuration } from "./config/duration.ts";
export { type ParsedEndpoint, parseEndpoint } from "./config/endpoint.ts";
export {
  type AppliedEnvironment,
  applyEnvironment,
  configVariables,
  type EnvironmentOptions,
  type EnvironmentVariable,
  type VariableForm,
} from "./config/environment.ts";
export {
  explainPolicy,
  type ListedSets,
  type LossExplanation,
  type PolicyExplanation,
  type RetrySchedule,
} from "./config/explain-policy.ts";
export { isPrimary } from "./config/is-primary.ts";
export { configJsonSchema } from "./config/json-schema.ts";
export type { RegionConfig, SnakeCaseRegionConfig } from "./config/legacy-region-config.ts";
export { MultiRegionConfig } from "./config/multi-region-config.ts";
export { nearestKey } from "./config/nearest-key.ts";
export { type ParseConfigOptions, type ParsedConfig, parseConfig } from "./config/parse-config.ts";
export { type ParsedQuorum, parseQuorum } from "./config/parse-quorum.ts";
export { RemoteRegion } from "./config/remote-region.ts";
export { configShape } from "./config/schema.ts";

// Who said it, and what it is worth
export {
  type AcknowledgementVerdict,
  type EvidenceRules,
  judgeAcknowledgement,
  type NoVoteReason,
  type ProvenDurability,
  weigh,
} from "./evidence/acknowledgement.ts";
export { matchBatchReplies } from "./evidence/batch-replies.ts";
export { type EchoVerdict, judgeEcho } from "./evidence/echo.ts";
export { describeFault, type Fault, mismatchFault } from "./evidence/fault.ts";
export {
  formatIdentification,
  type Identification,
  type Introduction,
  parseIdentification,
  REFILLING_HEADER,
  REGION_HEADER,
  SEEN_HEADER,
  STORE_HEADER,
  type StoreMark,
  UNIDENTIFIED,
} from "./evidence/introduction.ts";
export {
  type Claims,
  hearMark,
  isSeedStyle,
  judgePeer,
  type PeerExpectation,
  type PeerJudgement,
  type PeerMemory,
  unknownPeer,
} from "./evidence/peer.ts";
export { type Problem, type ProblemKind, problemKind, problemType } from "./evidence/problem.ts";
export { type FaultContext, type Treatment, treatmentOf } from "./evidence/retry-table.ts";

// Delivery to one region
export { type BackoffRules, backoffMs } from "./lane/backoff.ts";
export { isWaiting } from "./lane/dispatch.ts";
export { failuresOf, type Health, type HealthRules, spendsAttempts } from "./lane/health.ts";
export { type At, createLane, type Flight, type FlightKind, type Lane, type LaneRules } from "./lane/lane.ts";
export type { FailureTreatment, ItemOutcome, LaneCommand, LaneEvent, NextAttempt } from "./lane/lane-event.ts";
export type { LaneItem } from "./lane/lane-item.ts";
export type { PaceRules } from "./lane/pace.ts";
export { isAvailable, type RegionSyncStatus, UNAVAILABLE_AFTER_FAILURES } from "./lane/region-status.ts";
export { stepLane, wakeAtMs } from "./lane/step-lane.ts";
export { byTurn, type TurnTaker, turnsOf } from "./lane/turns.ts";
export type { PositionRange } from "./lane/unread-ranges.ts";
// The log: for whoever writes a store
export { DeadLetterBook } from "./log/dead-letter-book.ts";
export { type AppendDecision, decideAppend, type HeldRow, type Offer } from "./log/decide-append.ts";
export { MemoryLog } from "./log/memory-log.ts";
// The quorum: policies, verdicts and what explains them.
export { type HeldStretch, receiptsAtRisk } from "./quorum/at-risk.ts";
export { canonicalPolicyBytes, canonicalPolicyText } from "./quorum/canonical-policy.ts";
export {
  explainVerdict,
  type RegionExplanation,
  type ThresholdExplanation,
  type VerdictExplanation,
} from "./quorum/explain-verdict.ts";
export { LOSS_REGIONS_MAX, type LossSets, lossSets, type RegionSets } from "./quorum/loss-sets.ts";
export type {
  PolicyBranch,
  QuorumPolicy,
  RegionPolicy,
  ThresholdPolicy,
  Verdict,
  Vote,
  Votes,
} from "./quorum/policy.ts";
export { policyRegions } from "./quorum/policy-regions.ts";
export {
  allPolicy,
  bothPolicies,
  majorityPolicy,
  totalWeight,
  type Voter,
  weightPolicy,
  zonesPolicy,
} from "./quorum/presets.ts";
export { verdict } from "./quorum/verdict.ts";
// The receipt: what it is, its wire form, its canonical bytes.
export { canonicalBytes, canonicalText, type DigestedReceipt } from "./receipt/canonical-form.ts";
export { compareStates, type StateComparison } from "./receipt/compare-states.ts";
export { formatWireBatch, formatWireReceipt } from "./receipt/format-receipt.ts";
export { bytesFromHex, hexFromBytes } from "./receipt/hex.ts";
export {
  type EnvelopeUse,
  type InvalidReceipt,
  type ParsedReceiptObject,
  type ParsedWireReceipt,
  type PartialEnvelope,
  parseReceiptObject,
  parseWireReceipt,
  parseWireReceiptValue,
  type ReceiptInput,
  type WireReceipt,
} from "./receipt/parse-receipt.ts";
export { parseWireJson, type WireJson } from "./receipt/parse-wire-json.ts";
export type { Envelope, Receipt, ReceiptRecord, ReceiptState } from "./receipt/receipt.ts";
export type { ReceiptProblem } from "./receipt/receipt-problem.ts";
// Seams: implement these to replace a part
export { BATCH_BYTES_MAX, BATCH_RECEIPTS_MAX } from "./seams/batch-limits.ts";
export type { CancelTimer, Clock, Random, RandomId, TimerOptions } from "./seams/clock.ts";
export type {
  Burial,
  DeadLetter,
  DeadLetterCounts,
  DeadLetterKey,
  DeadLetterKind,
  DeadLetterQuery,
  DeadLetterStatus,
} from "./seams/dead-letter.ts";
export type { Logger, LogLevel, LogLine } from "./seams/logger.ts";
export {
  type Append,
  type AppendResult,
  type Conflict,
  type Cursor,
  type Durability,
  type Epoch,
  type ForeignAppend,
  type HeldState,
  type LogRange,
  type LogRow,
  type OwnAppend,
  type ReceiptStore,
  SEED_STYLE_STORE,
} from "./seams/receipt-store.ts";
export { StoreError, type StoreErrorKind } from "./seams/store-error.ts";
export type {
  Acknowledgement,
  BatchItemReply,
  Destination,
  ReadReply,
  RegionDescription,
  Transport,
  TransportCall,
  TransportResult,
} from "./seams/transport.ts";

// Waiting for a quorum
export {
  createTally,
  decide,
  inheritVotes,
  judge,
  type Outcome,
  type RegionTally,
  stepTally,
  type Tally,
  type TallyEvent,
  type TallyRules,
  type Trouble,
} from "./tally/tally.ts";
