import { redact } from "./redact.ts";

/** How an exchange ended. */
export type ExchangeOutcome =
  | "ok"
  | "refused" // by the gateway itself: no key, model not allowed, a request at fault
  | "failed" // by the provider or on the way to it
  | "cancelled" // by the client, before the answer was whole
  | "truncated"; // the provider's answer ended without its finish

/** One call to a provider that an exchange made, the last one included. */
export interface AttemptRecord {
  readonly provider: string;
  /** The provider's own name of the model. */
  readonly model: string;
  /** Name of the credential. */
  readonly credential: string;
  /** How the call ended. */
  readonly outcome: string;
  /** HTTP status, when it failed with one. */
  readonly status: number | undefined;
  /** The failure's kind, when it failed. */
  readonly failure_kind: string | undefined;
  /** Until its first content, or until it failed. */
  readonly latency_ms: number;
  /** What it cost; undefined when nobody knows, as of a call that was cut off. */
  readonly cost_nano_usd: number | undefined;
}

/**
 * One exchange between a client and a provider, as one flat row. Field names are stable; units stand last.
 * Holds neither content nor secrets. `undefined` means not known, or never reached.
 */
export interface ExchangeRecord {
  readonly event: "exchange";
  readonly request_id: string;
  readonly key_id: string | undefined;
  readonly key_name: string | undefined;
  /** Whom the key belongs to, as far as it does. */
  readonly customer: string | undefined;
  readonly team: string | undefined;
  readonly user: string | undefined;
  /** Of the key and all above it. */
  readonly tags: Readonly<Record<string, string>>;
  readonly session_id: string | undefined;
  readonly model_asked: string | undefined;
  readonly provider: string | undefined;
  /** The provider's own name of the model. */
  readonly model: string | undefined;
  /** HTTP status that the client was sent; undefined when it left before. */
  readonly status: number | undefined;
  readonly outcome: ExchangeOutcome;
  /** Code of the refusal or of the provider's failure. */
  readonly failure_kind: string | undefined;
  /** The sentence that the client was told, with anything that looks like a secret masked. */
  readonly failure_message: string | undefined;
  /** One of the Messages API's own words. */
  readonly stop_reason: string | undefined;
  readonly stream: boolean;
  /** Calls made to providers, those of repaired requests included. */
  readonly attempts: number;
  /** Name of the credential with which the last of them was made. */
  readonly credential: string | undefined;
  /** What was tried, in order; empty when the first try went well. */
  readonly tried: readonly AttemptRecord[];
  readonly input_tokens: number | undefined;
  readonly output_tokens: number | undefined;
  readonly cache_read_tokens: number | undefined;
  readonly cache_write_5m_tokens: number | undefined;
  readonly cache_write_1h_tokens: number | undefined;
  readonly thinking_tokens: number | undefined;
  /** True when the provider did not say how much was used, or not all of it. */
  readonly usage_estimated: boolean;
  /** What the exchange cost, in thousand-millionths of a US dollar; undefined when the model has no price. */
  readonly cost_nano_usd: number | undefined;
  /** True when that is of an estimated usage. */
  readonly cost_estimated: boolean;
  /** The most of it that was held in the limits at a time; undefined where it counted in none. */
  readonly held_nano_usd: number | undefined;
  /** From the request read to the first event written. */
  readonly first_event_ms: number | undefined;
  readonly duration_ms: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** Routing rules that held, in order. */
  readonly rules: readonly string[];
  /** Paths in the request that the provider was not told; at most twenty, then how many more. */
  readonly dropped: readonly string[];
}

/** What is known of an exchange when it ends; everything left out is `undefined`, `false`, 0 or empty. */
export type ExchangeFacts = Pick<ExchangeRecord, "request_id" | "outcome"> & {
  readonly [Field in Exclude<keyof ExchangeRecord, "event" | "request_id" | "outcome">]?:
    | ExchangeRecord[Field]
    | undefined;
};

const longestText = 200;
const mostDropped = 20;

/**
 * The record of these facts. What a client or provider wrote is masked where it looks like a secret and cut at 200 characters and durations are rounded to
 * a tenth of a millisecond, so that one exchange cannot fill a log.
 */
export function createExchangeRecord(facts: ExchangeFacts): ExchangeRecord {
  const asked = cut(facts.model_asked);
  // Always the same keys in the same order, and all at once: one hidden class, one shape in the log.
  return {
    event: "exchange",
    request_id: short(facts.request_id),
    key_id: facts.key_id,
    key_name: facts.key_name,
    customer: facts.customer,
    team: facts.team,
    user: facts.user,
    tags: facts.tags ?? {},
    session_id: cut(facts.session_id),
    model_asked: asked,
    provider: facts.provider,
    model: facts.model === facts.model_asked ? asked : cut(facts.model),
    status: facts.status,
    outcome: facts.outcome,
    failure_kind: facts.failure_kind,
    failure_message: cut(facts.failure_message),
    stop_reason: facts.stop_reason,
    stream: facts.stream === true,
    attempts: facts.attempts ?? 0,
    credential: facts.credential,
    tried: facts.tried ?? [],
    input_tokens: facts.input_tokens,
    output_tokens: facts.output_tokens,
    cache_read_tokens: facts.cache_read_tokens,
    cache_write_5m_tokens: facts.cache_write_5m_tokens,
    cache_write_1h_tokens: facts.cache_write_1h_tokens,
    thinking_tokens: facts.thinking_tokens,
    usage_estimated: facts.usage_estimated === true,
    cost_nano_usd: facts.cost_nano_usd,
    cost_estimated: facts.cost_estimated === true,
    held_nano_usd: facts.held_nano_usd,
    first_event_ms: tenth(facts.first_event_ms),
    duration_ms: tenth(facts.duration_ms) ?? 0,
    bytes_in: facts.bytes_in ?? 0,
    bytes_out: facts.bytes_out ?? 0,
    rules: facts.rules === undefined ? [] : bounded(facts.rules),
    dropped: bounded(facts.dropped ?? []),
  };
}

/** Whatever a client or provider wrote may be a key in the wrong place. */
function cut(text: string): string;
function cut(text: string | undefined): string | undefined;
function cut(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return short(redact(text));
}

function short(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

function tenth(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}

function bounded(paths: readonly string[]): readonly string[] {
  if (paths.length <= mostDropped) return paths.map((path) => cut(path));
  const shown = paths.slice(0, mostDropped).map((path) => cut(path));
  return [...shown, `${paths.length - mostDropped} more`];
}
