import { expect, test } from "vitest";
import * as telemetry from "./index.ts";
import * as withPino from "./pino/index.ts";

test("the package exports what it promises and nothing else", () => {
  expect(Object.keys(telemetry).sort()).toEqual([
    "RecorderError",
    "createExchangeRecord",
    "createRecorder",
    "lineSink",
    "redact",
  ]);
  expect(Object.keys(withPino)).toEqual(["createLogger", "standardOutput"]);
});
