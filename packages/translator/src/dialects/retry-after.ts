/** Where an answer may say how long to wait. */
export interface WaitHints {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
  /** When the answer arrived, in epoch milliseconds; without it dates cannot be read. */
  readonly receivedAtMs: number | undefined;
}

/** Milliseconds. Sources: OpenAI's and Anthropic's SDKs; Azure's guidelines for REST. */
const inMilliseconds = ["retry-after-ms", "x-ms-retry-after-ms"] as const;
/**
 * When a limit is full again: OpenAI's (spans), Groq's, Cerebras's and OpenRouter's (seconds, spans, epochs), Anthropic's
 * (RFC 3339, or seconds since 1970), Mistral's, and draft-ietf-httpapi-ratelimit-headers-07 (seconds).
 */
const reset = /^(?:x-ratelimit-reset|anthropic-ratelimit-.+-reset$|(?:x-)?ratelimit(?:by\w+)?-reset)/;
/** Limits of a day and more: only what has run out of them is worth waiting for. */
const ofDays = /-(?:day|7d)\b/;
const spans = /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![a-z])/gi;
const unitSeconds: Readonly<Record<string, number>> = { h: 3_600, d: 86_400, s: 1 };
/** Numbers over this are points in time, in seconds since 1970. */
const epochSeconds = 1_000_000_000;

/** Seconds to wait before trying again, from headers or from words; undefined when nothing says so. */
export function readRetryAfter({ headers, message, receivedAtMs }: WaitHints): number | undefined {
  for (const name of inMilliseconds) {
    const milliseconds = Number(headers[name]?.trim() || Number.NaN);
    if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds / 1_000;
  }
  return (
    fromHeader(headers["retry-after"], receivedAtMs) ??
    fromWords(message) ??
    fromResets(headers, receivedAtMs) ??
    fromHeader(/x-ratelimit-reset["':\s\\]+(\d+)/i.exec(message)?.[1], receivedAtMs)
  );
}

function fromResets(headers: WaitHints["headers"], nowMs: number | undefined): number | undefined {
  const resets = Object.keys(headers).filter((name) => reset.test(name));
  // Only what has run out keeps the request waiting; the resets of all limits are sent whichever it was.
  const exhausted = resets.filter((name) => headers[name.replace("reset", "remaining")]?.trim() === "0");
  const counting = exhausted.length > 0 ? exhausted : resets.filter((name) => !ofDays.test(name));
  const waits = counting.map((name) => fromHeader(headers[name], nowMs)).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function fromHeader(value: string | undefined, nowMs: number | undefined): number | undefined {
  const text = value?.trim() ?? "";
  if (text === "") return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number < epochSeconds) return Math.max(0, number);
  const span = text.includes(":") || !/^[\d.]+[a-z]/i.test(text) ? undefined : spanSeconds(text);
  if (span !== undefined) return span;
  const atMs = momentMs(text, number);
  return Number.isNaN(atMs) || nowMs === undefined ? undefined : Math.max(0, (atMs - nowMs) / 1_000);
}

function momentMs(text: string, number: number): number {
  // The oldest form of HTTP's dates has no zone and means Greenwich; source: RFC 9110, 5.6.7.
  if (!Number.isFinite(number)) return Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text);
  return number > epochSeconds * 1_000 ? number : number * 1_000;
}

// "Please try again in 20s", "in 1m30.5s", Google's `"retryDelay": "17s"`.
function fromWords(message: string): number | undefined {
  const hint =
    /(?:try again|retry|wait|available)(?: again)?(?: in| after| for)?:?\s+(?:about |approximately )?((?:\d[\d.]*\s*[a-z]+\s*)+)/i;
  const told = hint.exec(message)?.[1] ?? /retryDelay["':\s]+([\d.]+s)/.exec(message)?.[1];
  return told === undefined ? undefined : spanSeconds(told);
}

function spanSeconds(text: string): number | undefined {
  let seconds: number | undefined;
  for (const [, amount, unit = ""] of text.matchAll(spans)) {
    seconds = (seconds ?? 0) + Number(amount) * secondsIn(unit.toLowerCase());
  }
  return seconds;
}

function secondsIn(unit: string): number {
  if (unit === "ms" || unit.startsWith("milli")) return 0.001;
  if (unit.startsWith("m")) return 60;
  return unitSeconds[unit.charAt(0)] ?? 1;
}
