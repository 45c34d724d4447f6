import type {
  AddressRange,
  CompileRulesOptions,
  Directory,
  DirectoryTrust,
  Governance,
  RouteTable,
  RoutingRule,
  RoutingRules,
  LeaseTerms,
} from "@drawbridge/governance";
import type { Dispatcher, Provider } from "@drawbridge/providers";
import type { ModelBook } from "@drawbridge/providers/models";
import type { Recorder } from "@drawbridge/telemetry";
import type { RecurringContainers, WebSearch } from "@drawbridge/translator";
import type { BetaReader } from "./exchange/beta-reader.ts";
import type { Lessons } from "./exchange/lessons.ts";
import type { ProviderCounts } from "./exchange/provider-counts.ts";
import type { ReadingOn } from "./exchange/reading-on.ts";
import type { RateBook } from "./exchange/token-rates.ts";
import type { LoopDelay } from "./serving/loop-delay.ts";
import type { KeepAlive } from "./serving/keep-alive.ts";
import type { Lifecycle } from "./serving/lifecycle.ts";

/** Everything that a configuration decides. Never changed, only replaced as a whole. */
export interface Snapshot {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly routes: RouteTable;
  /** Asked before the routes. */
  readonly rules: RoutingRules;
  /** What they were compiled from. */
  readonly writtenRules: readonly RoutingRule[];
  /** What their conditions go by. */
  readonly ruleSettings: Pick<CompileRulesOptions, "timeZone" | "tiers">;
  /** How requests are held in limits. */
  readonly terms: LeaseTerms;
  /** What is known of the providers' models, and what they cost. */
  readonly models: ModelBook;
  /** Who there is and what they may do. */
  readonly directory: Directory;
  /** Who is believed about where a request comes from. */
  readonly trustedProxies: readonly AddressRange[];
  readonly bodyLimitBytes: number;
  /** Until the first content of an answer, over all attempts; undefined for as long as these take. */
  readonly deadlineMs: number | undefined;
  /** Searches the web for models that cannot; undefined where none is configured. */
  readonly search: WebSearch | undefined;
}

/** All that the line of an exchange needs from outside, built once at start-up. */
export interface Services {
  /** The snapshot in force; an exchange takes it once and keeps it to its end. */
  snapshot(): Snapshot;
  /** How far what is known of keys and limits can be relied on, and since when it could not be confirmed. */
  storageReach(): { readonly trust: DirectoryTrust; readonly ageMs: number };
  readonly recorder: Recorder;
  /** Tries the routes of a plan, and remembers across requests how they fared. */
  readonly dispatcher: Dispatcher;
  /** Holds requests in the limits that they count in, and keeps the account. */
  readonly governance: Governance;
  readonly lessons: Lessons;
  readonly readBetas: BetaReader;
  readonly recurring: RecurringContainers;
  readonly providerCounts: ProviderCounts;
  readonly readingOn: ReadingOn;
  readonly tokenRates: RateBook;
  readonly loopDelay: LoopDelay;
  readonly keepAlive: KeepAlive;
  readonly lifecycle: Lifecycle;
  /** Milliseconds of a clock that never goes back. */
  clock(): number;
  /** Milliseconds since 1970. */
  now(): number;
  newId(prefix: "msg" | "req"): string;
  /** Logs an error that nobody foresaw. */
  reportDefect(error: unknown, requestId: string): void;
}
