import { describe, expect, test } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

const nowMs = Date.parse("2026-11-22T12:00:00Z");

function wait(headers: Record<string, string>, message = "", receivedAtMs: number | undefined = nowMs): unknown {
  const seconds = readRetryAfter({ headers, message, receivedAtMs });
  return seconds === undefined ? undefined : Math.round(seconds * 1_000) / 1_000;
}

describe("ERR-04: the wait of headers", () => {
  test.each([
    ["seconds", { "retry-after": "17" }, 17],
    ["a fraction of them", { "retry-after": "0.35" }, 0.35],
    ["none of them", { "retry-after": "0" }, 0],
    ["spaces around them", { "retry-after": " 12 " }, 12],
    ["a date", { "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }, 30],
    ["a date of RFC 850", { "retry-after": "Sunday, 22-Nov-26 12:00:30 GMT" }, 30],
    ["a date of asctime", { "retry-after": "Sun Nov 22 12:00:30 2026" }, 30],
    ["a date that has passed", { "retry-after": "Sun, 22 Nov 2026 11:00:30 GMT" }, 0],
    ["a moment of RFC 3339", { "retry-after": "2026-11-22T12:00:45Z" }, 45],
    ["a span", { "retry-after": "1m30s" }, 90],
    ["epoch seconds", { "retry-after": String(nowMs / 1_000 + 8) }, 8],
    ["milliseconds, which go first", { "retry-after-ms": "1500", "retry-after": "2" }, 1.5],
    ["Azure's milliseconds", { "x-ms-retry-after-ms": "2500", "retry-after": "3" }, 2.5],
    ["milliseconds that are none", { "retry-after-ms": "", "retry-after": "3" }, 3],
    ["OpenAI's resets, the later one", { "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s" }, 360],
    [
      "OpenAI's reset of what has run out",
      {
        "x-ratelimit-reset-requests": "90ms",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-tokens": "1h2m",
        "x-ratelimit-remaining-tokens": "5",
      },
      0.09,
    ],
    ["Groq's reset", { "x-ratelimit-reset-tokens": "7.66s" }, 7.66],
    ["Groq's reset of many minutes", { "x-ratelimit-reset-requests": "2m59.56s" }, 179.56],
    [
      "Cerebras's reset of the minute and not of the day",
      { "x-ratelimit-reset-requests-day": "33011.382867", "x-ratelimit-reset-tokens-minute": "11.382867" },
      11.383,
    ],
    [
      "Cerebras's reset of a day that has run out",
      {
        "x-ratelimit-reset-requests-day": "33011",
        "x-ratelimit-remaining-requests-day": "0",
        "x-ratelimit-reset-tokens-minute": "11",
      },
      33_011,
    ],
    ["epoch milliseconds", { "x-ratelimit-reset": String(nowMs + 4_000) }, 4],
    ["epoch seconds of a reset", { "x-ratelimit-reset": String(nowMs / 1_000 + 9) }, 9],
    ["seconds of a reset", { "x-ratelimit-reset": "3" }, 3],
    ["Mistral's reset", { "ratelimitbysize-reset": "34" }, 34],
    ["the draft standard's reset", { "ratelimit-reset": "50" }, 50],
    ["Anthropic's reset", { "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:21Z" }, 21],
    [
      "Anthropic's reset of what has run out",
      {
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:01Z",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:14Z",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-output-tokens-reset": "2026-11-22T12:00:55Z",
        "anthropic-ratelimit-output-tokens-remaining": "8000",
      },
      14,
    ],
    [
      "Anthropic's reset of five hours and not of seven days",
      {
        "anthropic-ratelimit-unified-5h-reset": String(nowMs / 1_000 + 600),
        "anthropic-ratelimit-unified-7d-reset": String(nowMs / 1_000 + 90_000),
      },
      600,
    ],
    ["the provider's own wait before a reset", { "retry-after": "2", "x-ratelimit-reset": "60" }, 2],
  ])("%s", (_, headers, seconds) => {
    expect(wait(headers)).toBe(seconds);
  });

  test("a header that says nothing is no wait", () => {
    expect(wait({ "retry-after": "soon", "retry-after-ms": "-1", "x-ratelimit-limit-requests": "50" })).toBeUndefined();
  });

  test("a date is read only when the time of the answer is known", () => {
    const headers = { "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" };
    expect(readRetryAfter({ headers, message: "", receivedAtMs: undefined })).toBeUndefined();
  });
});

describe("ERR-04: the wait of words", () => {
  test.each([
    ["Please try again in 20s. Visit", 20],
    ["Please try again in 1m30.5s.", 90.5],
    ["Please try again in 600ms.", 0.6],
    ["Please retry after 6 seconds", 6],
    ["Rate limit is exceeded. Try again in 41 seconds.", 41],
    ["Rate limit of 50 per 86400s exceeded. Please wait 3600 seconds before retrying.", 3_600],
    ["Please wait 2 minutes", 120],
    ["Please retry in 34.074824224s.", 34.075],
    ['{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17s"}', 17],
    [`{"error":{"metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"${nowMs + 7_000}"}}}}`, 7],
    ["Please retry", undefined],
  ])("%s", (message, seconds) => {
    expect(wait({}, message)).toBe(seconds);
  });
});
