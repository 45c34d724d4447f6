import { expect, test } from "vitest";
import { createExchangeRecord } from "./exchange-record.ts";

test("a record of almost nothing still has every field, in the same order as a full one", () => {
  const least = createExchangeRecord({ request_id: "req_1", outcome: "refused" });
  const full = createExchangeRecord({ request_id: "req_2", outcome: "ok", model: "gpt-5", stream: true, attempts: 2 });
  expect(Object.keys(least)).toEqual(Object.keys(full));
  expect(least).toMatchObject({ event: "exchange", stream: false, attempts: 0, duration_ms: 0, dropped: [] });
});

test("field names are flat, snake_case and carry their units", () => {
  const record = createExchangeRecord({ request_id: "req_1", outcome: "ok" });
  for (const [name, value] of Object.entries(record)) {
    expect(name).toMatch(/^[a-z0-9_]+$/);
    if (!["dropped", "tried", "tags", "rules"].includes(name)) expect(typeof value).not.toBe("object");
  }
});

test("keeps what it is told", () => {
  const facts = {
    request_id: "req_1",
    key_id: "key_7",
    key_name: "alice",
    customer: "acme",
    team: "payments",
    user: "alice@acme.example",
    tags: { project: "checkout" },
    session_id: "5f0c",
    model_asked: "claude-sonnet-4-6",
    provider: "gpu",
    model: "qwen3-coder",
    status: 200,
    outcome: "ok",
    failure_kind: undefined,
    failure_message: "the upstream was overloaded",
    stop_reason: "end_turn",
    stream: true,
    attempts: 2,
    credential: "second",
    tried: [
      {
        provider: "gpu",
        model: "qwen3-coder",
        credential: "first",
        outcome: "failed",
        status: 429,
        failure_kind: "rate-limited",
        latency_ms: 12,
        cost_nano_usd: 0,
      },
    ],
    input_tokens: 1812,
    output_tokens: 40,
    cache_read_tokens: 1024,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 5,
    thinking_tokens: 12,
    usage_estimated: true,
    cost_nano_usd: 7_200_000,
    cost_estimated: true,
    held_nano_usd: 9_000_000,
    first_event_ms: 412,
    duration_ms: 1300.5,
    bytes_in: 50_000,
    bytes_out: 9_000,
    rules: ["thrift"],
    dropped: ["metadata.user_id"],
  } as const;
  expect(createExchangeRecord(facts)).toEqual({ event: "exchange", ...facts });
});

test("what a client wrote cannot fill the log", () => {
  const record = createExchangeRecord({
    request_id: "r".repeat(5_000),
    session_id: "s".repeat(1_000_000),
    model_asked: "m".repeat(1_000_000),
    outcome: "refused",
    dropped: Array.from({ length: 10_000 }, (_, at) => `messages[${at}].${"x".repeat(9_999)}`),
  });
  expect(record.dropped).toHaveLength(21);
  expect(record.dropped.at(-1)).toBe("9980 more");
  expect(JSON.stringify(record).length).toBeLessThan(6_000);
});

test("durations are rounded to a tenth of a millisecond", () => {
  const record = createExchangeRecord({
    request_id: "r",
    outcome: "ok",
    first_event_ms: 1.26,
    duration_ms: 412.349_999,
  });
  expect([record.first_event_ms, record.duration_ms]).toEqual([1.3, 412.3]);
});

test("a failure's sentence is masked and cut, for it may come from a provider", () => {
  const failure_message = `Incorrect API key provided: sk-Ab3dEf6hIj9kLm2n. ${"x".repeat(5_000)}`;
  const record = createExchangeRecord({ request_id: "r", outcome: "failed", failure_message });
  expect(record.failure_message).toMatch(/^Incorrect API key provided: sk-\[secret\]\. x+…$/);
  expect(record.failure_message?.length).toBeLessThan(210);
});
