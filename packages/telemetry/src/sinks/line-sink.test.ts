import { expect, test } from "vitest";
import { createExchangeRecord, type ExchangeOutcome } from "../exchange-record.ts";
import { type LineLevel, lineSink } from "./line-sink.ts";

const noon = Date.UTC(2026, 0, 2, 12);

function logged(outcome: ExchangeOutcome, level: LineLevel = "info", at = noon + 7): unknown[] {
  const lines: string[] = [];
  const sink = lineSink({ destination: { write: (line) => void lines.push(line) }, level, now: () => at });
  void sink.write(createExchangeRecord({ request_id: "req_1", outcome, input_tokens: 7, model_asked: "opus" }));
  return lines.map((line): unknown => JSON.parse(line));
}

test("an exchange is one JSON line with its fields at the top", () => {
  expect(logged("ok")).toMatchObject([
    {
      level: "info",
      time: "2026-01-02T12:00:00.007Z",
      event: "exchange",
      request_id: "req_1",
      outcome: "ok",
      input_tokens: 7,
      msg: "exchange",
    },
  ]);
});

test.each([
  ["ok", "info"],
  ["cancelled", "info"],
  ["refused", "warn"],
  ["failed", "warn"],
  ["truncated", "warn"],
] as const)("an exchange that ended %s is logged at %s", (outcome, level) => {
  expect(logged(outcome)).toMatchObject([{ level }]);
});

test("fields that are not known are left out of the line", () => {
  expect(logged("ok")).not.toMatchObject([{ key_id: expect.anything() }]);
});

test.each([
  ["warn", ["failed"]],
  ["none", []],
  ["info", ["ok", "failed"]],
] as const)("at the level %s these are written: %j", (level, written) => {
  const outcomes = (["ok", "failed"] as const).filter((outcome) => logged(outcome, level).length > 0);
  expect(outcomes).toEqual(written);
});

test.each([0, 999, 1_000, 59_999])("the time is the clock's to the millisecond: %d ms past noon", (ms) => {
  expect(logged("ok", "info", noon + ms)).toMatchObject([{ time: new Date(noon + ms).toISOString() }]);
});
