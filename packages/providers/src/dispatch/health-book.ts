import type { FailureKind, UpstreamFailure } from "@drawbridge/translator";
import { Breaker } from "./breaker.ts";
import type { DispatchSettings } from "./dispatch-settings.ts";
import { failureRule, type FailureRule } from "./failure-rule.ts";
import { Generations } from "./generations.ts";
import { isOutlier } from "./is-outlier.ts";
import { placeNames, type PlaceNames } from "./place-names.ts";

/** How a place is doing. Only a healthy one is asked freely, and a half-open one by a single call that probes it. */
export type HealthState = "healthy" | "cooling" | "open" | "half-open" | "ejected";

/** How one place, or one credential with all its models, is doing. */
export interface PlaceHealth {
  readonly provider: string;
  /** Undefined for what concerns a credential with all models. */
  readonly model: string | undefined;
  readonly credential: string;
  readonly state: HealthState;
  /** In epoch milliseconds, while it is not healthy. */
  readonly untilMs: number | undefined;
  /** The failure that it cools for. */
  readonly kind: FailureKind | undefined;
  /** Failures since the last success. */
  readonly failures: number;
}

/** A pause that a provider asked for, or that a refused credential gets, as replicas tell each other. */
export interface Cooldown {
  readonly provider: string;
  /** Undefined when the credential cools with all models. */
  readonly model: string | undefined;
  readonly credential: string;
  /** In epoch milliseconds. */
  readonly untilMs: number;
  readonly kind: FailureKind;
}

/** A call on its way, as the book knows it. */
export interface Lease {
  readonly record: PlaceRecord;
  readonly startedMs: number;
  readonly probe: boolean;
}

/** What is known of one place. */
export interface PlaceRecord {
  readonly place: PlaceNames;
  readonly breaker: Breaker;
  coolUntilMs: number;
  coolKind: FailureKind | undefined;
  ejectedUntilMs: number;
  ejections: number;
  /** Refusals in a row that may be about one caller's request as well as about the credential. */
  refusals: number;
}

/** What is known of one credential with all its models. */
interface CredentialRecord {
  readonly provider: string;
  readonly credential: string;
  untilMs: number;
  failure: UpstreamFailure;
}

/** Unused for this long, a place is forgotten. */
const idleMs = 900_000;

/** Nothing cools for longer, whatever a provider asks for: an hour later a call may see whether it was a mistake. */
const longestCoolMs = 3_600_000;

/** A 403 may be about one caller's words; so many in a row, with no success between, are about the credential. */
const certainRefusals = 3;

/** An outlier is out for so much longer each time; a time is forgiven after so long without. */
const ejectionMs = 10_000;
const longestEjectionMs = 60_000;
const forgiveMs = 60_000;

/** Remembers how each place and each credential is doing, and says whether it may be asked. */
export class HealthBook {
  readonly #settings: DispatchSettings;
  readonly #onCooled: (cooldown: Cooldown) => void;
  readonly #places: Generations<PlaceRecord>;
  readonly #credentials: Generations<CredentialRecord>;

  constructor(settings: DispatchSettings, onCooled: (cooldown: Cooldown) => void) {
    this.#settings = settings;
    this.#onCooled = onCooled;
    this.#places = new Generations({ size: settings.places, idleMs });
    this.#credentials = new Generations({ size: settings.places, idleMs });
  }

  /** What is known of a place; undefined when that is nothing. */
  #find(place: PlaceNames, nowMs: number): PlaceRecord | undefined {
    return this.#places.get(place.key, nowMs);
  }

  /** When a place may be asked again, in epoch milliseconds; 0 when it may be asked now. */
  outUntilMs(place: PlaceNames, nowMs: number): number {
    const credential = this.#credentials.get(place.credentialKey, nowMs);
    let untilMs = credential?.untilMs ?? 0;
    const record = this.#find(place, nowMs);
    if (record !== undefined) {
      untilMs = Math.max(untilMs, record.coolUntilMs, record.ejectedUntilMs);
      // One that is being probed is out until the probe has ended, whenever that is.
      if (record.breaker.state(nowMs) === "open") untilMs = Math.max(untilMs, record.breaker.untilMs, nowMs + 1);
    }
    return untilMs > nowMs ? untilMs : 0;
  }

  /** The refusal for which a credential is not asked at all for now; undefined when it may be, if there is nothing else. */
  refusal(place: PlaceNames, nowMs: number): UpstreamFailure | undefined {
    const record = this.#credentials.get(place.credentialKey, nowMs);
    const refused = record !== undefined && record.untilMs > nowMs && record.failure.kind === "unauthenticated";
    return refused ? record.failure : undefined;
  }

  /** True while the breaker of a place keeps calls from it. */
  isOpen(place: PlaceNames, nowMs: number): boolean {
    return this.#find(place, nowMs)?.breaker.state(nowMs) === "open";
  }

  begin(place: PlaceNames, nowMs: number): Lease {
    const record = this.#record(place, nowMs);
    const credential = this.#credentials.get(place.credentialKey, nowMs);
    // The one call that sees whether a refused credential works again; all others wait for its end or the next minute.
    if (credential?.failure.kind === "unauthenticated") credential.untilMs = nowMs + this.#settings.refusedMs;
    return { record, startedMs: nowMs, probe: record.breaker.begin(nowMs) };
  }

  /** Ends a call that says nothing about its place: left by the client, or no longer needed. */
  abandon({ record, probe }: Lease): void {
    record.breaker.end(probe);
  }

  succeed({ record, probe, startedMs }: Lease, nowMs: number): void {
    record.breaker.succeed(nowMs, startedMs, probe);
    record.refusals = 0;
    const key = record.place.credentialKey;
    if (this.#credentials.get(key, nowMs)?.failure.kind === "unauthenticated") this.#credentials.delete(key);
  }

  /** Ends a call that failed and lets its place or credential cool where the failure speaks against it. */
  fail({ record, probe }: Lease, blamed: { failure: UpstreamFailure; rule: FailureRule }, nowMs: number): void {
    const { failure, rule } = blamed;
    if (rule.blame === "place") record.breaker.fail(nowMs, probe);
    else record.breaker.end(probe);
    if (rule.blame === "refused-here") record.refusals += 1;
    const isDoubtful = rule.blame === "refused-here" && record.refusals < certainRefusals;
    if (isDoubtful) return;
    const coolMs = Math.min(this.#coolMs(failure, rule), longestCoolMs);
    if (coolMs <= 0) return;
    const { provider, model, credential } = record.place;
    const whole = concernsAllModels(failure, rule);
    const cooldown: Cooldown = {
      provider,
      model: whole ? undefined : model,
      credential,
      untilMs: nowMs + coolMs,
      kind: failure.kind,
    };
    this.#cool(cooldown, failure, nowMs);
    this.#onCooled(cooldown);
  }

  /** Counts a failure of a call that had gone well so far. */
  report(place: PlaceNames, failure: UpstreamFailure, nowMs: number): void {
    const lease = { record: this.#record(place, nowMs), startedMs: nowMs, probe: false };
    this.fail(lease, { failure, rule: failureRule(failure, true) }, nowMs);
  }

  /** Takes a place out for a while that fails more than its equals do, but never more than half of them. */
  ejectOutlier(place: PlaceNames, equals: readonly PlaceNames[], nowMs: number): void {
    const others = equals.flatMap((equal) => (equal.key === place.key ? [] : (this.#find(equal, nowMs) ?? [])));
    const ejected = others.filter(({ ejectedUntilMs }) => ejectedUntilMs > nowMs);
    if (ejected.length + 1 > equals.length / 2) return;
    const record = this.#record(place, nowMs);
    const recent = others.map(({ breaker }) => breaker.recent(nowMs));
    if (record.ejectedUntilMs > nowMs || !isOutlier(record.breaker.recent(nowMs), recent)) return;
    const forgiven = Math.floor((nowMs - record.ejectedUntilMs) / forgiveMs);
    record.ejections = Math.max(0, record.ejections - forgiven) + 1;
    record.ejectedUntilMs = nowMs + Math.min(longestEjectionMs, ejectionMs * record.ejections);
  }

  /** Takes in a cooldown that another replica tells of. */
  cool(cooldown: Cooldown, nowMs: number): void {
    const untilMs = Math.min(cooldown.untilMs, nowMs + longestCoolMs);
    const failure = { kind: cooldown.kind, message: told(cooldown.kind) };
    if (untilMs > nowMs) this.#cool({ ...cooldown, untilMs }, failure, nowMs);
  }

  /** Forgets all about a provider whose settings have changed. */
  forget(provider: string): void {
    for (const book of [this.#places, this.#credentials]) {
      for (const [key] of book.entries()) if (key.startsWith(`${provider}\n`)) book.delete(key);
    }
  }

  list(nowMs: number): PlaceHealth[] {
    const places = this.#places.entries().map(([, record]) => describe(record, nowMs));
    const credentials = this.#credentials.entries().flatMap(([, { untilMs, failure, ...names }]): PlaceHealth[] => {
      if (untilMs <= nowMs) return [];
      return [{ ...names, model: undefined, state: "cooling", untilMs, kind: failure.kind, failures: 0 }];
    });
    return [...places, ...credentials];
  }

  #record(place: PlaceNames, nowMs: number): PlaceRecord {
    return this.#places.ensure(place.key, nowMs, () => ({
      place,
      breaker: new Breaker(this.#settings),
      coolUntilMs: 0,
      coolKind: undefined,
      ejectedUntilMs: 0,
      ejections: 0,
      refusals: 0,
    }));
  }

  #coolMs({ retryAfterSeconds }: UpstreamFailure, { blame }: FailureRule): number {
    const { refusedMs, exhaustedMs, limitedMs } = this.#settings;
    const asked = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000;
    if (blame === "refused" || blame === "refused-here") return refusedMs;
    if (blame === "exhausted") return Math.max(asked ?? 0, exhaustedMs);
    if (blame === "cooldown") return asked ?? limitedMs;
    return blame === "place" ? (asked ?? 0) : 0;
  }

  /** Of two cooldowns the longer one counts. */
  #cool({ provider, model, credential, untilMs, kind }: Cooldown, failure: UpstreamFailure, nowMs: number): void {
    if (model === undefined) {
      const record = this.#credentials.ensure(`${provider}\n${credential}`, nowMs, () => {
        return { provider, credential, untilMs, failure };
      });
      if (untilMs >= record.untilMs) Object.assign(record, { untilMs, failure });
      return;
    }
    const record = this.#record(placeNames({ provider, model, credential }), nowMs);
    if (untilMs < record.coolUntilMs) return;
    record.coolUntilMs = untilMs;
    record.coolKind = kind;
  }
}

/** A 429 that says "quota" is about one model's; money is about all. */
function concernsAllModels({ status }: UpstreamFailure, { blame }: FailureRule): boolean {
  return blame === "refused" || (blame === "exhausted" && status !== 429);
}

function told(kind: FailureKind): string {
  return kind === "unauthenticated" ? "The provider refused the credential." : "The provider asked for a pause.";
}

function describe({ place, breaker, ...record }: PlaceRecord, nowMs: number): PlaceHealth {
  const cooling = record.coolUntilMs > nowMs;
  const broken = breaker.state(nowMs);
  const { provider, model, credential } = place;
  const kind = cooling ? record.coolKind : undefined;
  const common = { provider, model, credential, kind, failures: breaker.failuresInRow };
  if (broken === "open") {
    return { ...common, state: "open", untilMs: Math.max(breaker.untilMs, record.coolUntilMs) };
  }
  if (cooling) return { ...common, state: "cooling", untilMs: record.coolUntilMs };
  if (broken === "half-open") return { ...common, state: "half-open", untilMs: breaker.untilMs };
  if (record.ejectedUntilMs > nowMs) return { ...common, state: "ejected", untilMs: record.ejectedUntilMs };
  return { ...common, state: "healthy", untilMs: undefined };
}
