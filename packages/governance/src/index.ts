export { batchedBook, type BatchedBookOptions } from "./book/batched-book.ts";
export type { Book, BookDimension, BookTotal, TotalsQuestion } from "./book/book.ts";
export { memoryBook, type MemoryBook } from "./book/memory-book.ts";
export type { LedgerEntry, LedgerKind, LedgerUsage, UsageSource } from "./book/ledger-entry.ts";
export { type AddressRange, inRanges, parseAddressRange } from "./directory/address-range.ts";
export { compileDirectory, type DirectoryOptions } from "./directory/compile-directory.ts";
export type { Directory } from "./directory/directory.ts";
export type { DirectoryOverOptions } from "./directory/directory-over.ts";
export { type DirectoryProblem, directoryProblems } from "./directory/directory-problems.ts";
export type {
  CustomerRules,
  DirectoryRules,
  KeyRules,
  LevelRules,
  ProviderRules,
  TeamRules,
  UserRules,
} from "./directory/directory-rules.ts";
export type { Presentation } from "./directory/key-refusal.ts";
export type { Principal } from "./directory/principal.ts";
export { type AuditEntry, auditBreak, type AuditHead } from "./directory-store/audit-entry.ts";
export { cautiousDirectory } from "./directory-store/cautious-directory.ts";
export type { GovernedCheck } from "./directory-store/check-edits.ts";
export {
  type Changed,
  createEntry,
  createKey,
  type DirectoryChange,
  type DirectoryUpdate,
  type NewKey,
  removeEntry,
  revokeKey,
  rotateKey,
  type RulesOfKind,
  type StoredRule,
  unlessChanged,
  updateEntry,
  updateKey,
} from "./directory-store/directory-change.ts";
export type { DirectoryEntry, EntryKind, EntryManager, EntrySpec } from "./directory-store/directory-entry.ts";
export type {
  AppliedFile,
  AuditNote,
  AuditQuery,
  DirectoryState,
  DirectoryStore,
  DirectoryWatch,
  DirectoryWatcher,
} from "./directory-store/directory-store.ts";
export {
  type DirectoryFollower,
  type DirectoryTrust,
  followDirectory,
  type FollowDirectoryOptions,
} from "./directory-store/follow-directory.ts";
export type { Governed } from "./directory-store/governed.ts";
export type { EntryList, EntryView } from "./directory-store/entry-index.ts";
export { rulesIn } from "./directory-store/governed.ts";
export { stateWithFile } from "./directory-store/state-with-file.ts";
export { storedDirectories, type StoredDirectories } from "./directory-store/stored-directories.ts";
export { memoryDirectoryStore, type MemoryDirectoryStoreOptions } from "./directory-store/memory-directory-store.ts";
export {
  type Decision,
  type Denial,
  type DenialCode,
  GovernanceError,
  type GovernanceErrorCode,
  isGovernanceError,
} from "./errors.ts";
export {
  type Admission,
  createGovernance,
  type Governance,
  type GovernanceOptions,
  type GovernanceSettings,
  type GovernanceSnapshot,
} from "./governance.ts";
export type { KeyHasher } from "./keys/key-hasher.ts";
export { keyPrefix, mintKey } from "./keys/mint-key.ts";
export type { AttemptLease } from "./lease/attempt-lease.ts";
export type { Extension } from "./lease/attempt-owner.ts";
export type { AttemptProgress } from "./lease/attempt-progress.ts";
export type { AttemptResult } from "./lease/attempt-result.ts";
export { endsIn } from "./lease/ended-as.ts";
export type { AttemptAdmission, Lease } from "./lease/lease.ts";
export type {
  AttemptPlace,
  LeaseHolder,
  LeaseMode,
  LeaseRequest,
  LeaseTerms,
  RequestBound,
  WhenSpent,
} from "./lease/lease-request.ts";
export type { Headroom, ThresholdReached } from "./lease/standings.ts";
export { type ExplainedCall, explainRequest, type ExplainOptions } from "./explain/explain-request.ts";
export type {
  ExplainedChain,
  ExplainedLimit,
  ExplainedRefusal,
  ExplainedTarget,
  Explanation,
} from "./explain/explanation.ts";
export { explanationText } from "./explain/explanation-text.ts";
export type { GovernedRequest } from "./governed-route.ts";
export { describeLimit, explainRefusal } from "./limits/explain-refusal.ts";
export { denyByLimit, type LimitDenial, type LimitDenialCode } from "./limits/limit-denial.ts";
export type { Amounts, CalendarUnit, CalendarWindow, Limit, LimitWindow, Quantity } from "./limits/limit.ts";
export { type HeldLimit, type HoldRecord, type HoldShare, mergeHolds, shareOf } from "./limits/hold-record.ts";
export type { HoldRef } from "./limits/hold-ref.ts";
export type { AppliedRecords, LimitBook, PartitionState, SlotRecord } from "./limits/limit-book.ts";
export { type LimitRule, limitScope, type LimitScope, type LimitScopeRules } from "./limits/limit-scope.ts";
export type {
  CloseResult,
  ExpiredHold,
  LeaseSettings,
  LimitRefusal,
  LimitStore,
  LimitUsage,
  Reservation,
  ReserveResult,
  SweepResult,
  TopUpResult,
} from "./limits/limit-store.ts";
export { memoryLimitStore, type MemoryLimitStoreOptions } from "./limits/memory-limit-store.ts";
export type { BreakerChange } from "./limits/breaker.ts";
export {
  type GuardedLimitStore,
  guardedLimitStore,
  type GuardedLimitStoreOptions,
} from "./limits/guarded-limit-store.ts";
export { type LocalRatesOptions, withLocalRates } from "./limits/with-local-rates.ts";
export { type Period, periodOf } from "./limits/period-of.ts";
export { type OffsetAt, zoneOffsets } from "./limits/zone-offsets.ts";
export { type Authorization, authorize, type RequestedUse, type ToolFacts } from "./policy/authorize.ts";
export { compileGlob, type Glob, globProblem } from "./policy/compile-glob.ts";
export {
  compilePolicy,
  type Endpoint,
  endpoints,
  type NameFilter,
  type NameRules,
  type Policy,
  type PolicyRules,
  type ToolAction,
} from "./policy/policy.ts";
export { listModels } from "./routing/list-models.ts";
export { aliasOf, canonicalModel, unalias } from "./routing/model-alias.ts";
export { nearestNames } from "./routing/nearest-names.ts";
export { decideRoute, type RouteDecision, type RouteRequest, type RouteSource } from "./routing/decide-route.ts";
export { planRoute, type RoutePlan } from "./routing/plan-route.ts";
export {
  createRouteTable,
  type ModelRoute,
  type ModelTarget,
  type RouteLink,
  type RouteLinkRule,
  type RouteOrder,
  type RouteProvider,
  type RouteTable,
  type RouteTableOptions,
  type RouteTarget,
  splitTarget,
} from "./routing/route-table.ts";
export {
  compileRules,
  type CompileRulesOptions,
  conditionProblem,
  type RoutingRules,
  type Tier,
} from "./rules/compile-rules.ts";
export type { RoutingRule } from "./rules/routing-rule.ts";
export type { Agent, RequestFacts, RuleContext, RulePrincipal } from "./rules/rule-context.ts";
export type { RuleOutcome, RuleTrace, ShownValue } from "./rules/rule-trace.ts";
export type { RuleDecision } from "./rules/run-rules.ts";
export { createSnapshotHolder, type PolicySnapshot, type SnapshotHolder, type Versioned } from "./snapshot-holder.ts";
