import { expect, test } from "vitest";
import { createExchangeRecord, type ExchangeOutcome } from "../exchange-record.ts";
import { createLogger } from "../pino/create-logger.ts";
import { pinoSink } from "./pino-sink.ts";

function logged(outcome: ExchangeOutcome): unknown[] {
  const lines: string[] = [];
  const sink = pinoSink(createLogger({ destination: { write: (line) => void lines.push(line) } }));
  void sink.write(createExchangeRecord({ request_id: "req_1", outcome, input_tokens: 7, model_asked: "opus" }));
  return lines.map((line): unknown => JSON.parse(line));
}

test("an exchange is one JSON line with its fields at the top", () => {
  expect(logged("ok")).toMatchObject([
    { level: "info", event: "exchange", request_id: "req_1", outcome: "ok", input_tokens: 7, msg: "exchange" },
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
