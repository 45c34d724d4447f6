import { expect, test, vi } from "vitest";
import { createExchangeRecord, type ExchangeRecord } from "./exchange-record.ts";
import { createRecorder, type RecorderError, type RecordSink } from "./recorder.ts";

const record = createExchangeRecord({ request_id: "req_1", outcome: "ok" });

function keeping(): RecordSink & { readonly kept: ExchangeRecord[] } {
  const kept: ExchangeRecord[] = [];
  return { name: "keeping", kept, write: (one) => void kept.push(one) };
}

function watched(): { errors: RecorderError[]; onSinkError: (error: RecorderError) => void } {
  const errors: RecorderError[] = [];
  return { errors, onSinkError: (error) => void errors.push(error) };
}

test("hands a record to every sink at once", () => {
  const [first, second] = [keeping(), keeping()];
  createRecorder({ sinks: [first, second], onSinkError: vi.fn() }).record(record);
  expect([first.kept, second.kept]).toEqual([[record], [record]]);
});

test("a sink that throws is reported and keeps nothing from the others", () => {
  const cause = new Error("disk full");
  const failing: RecordSink = {
    name: "disk",
    write: () => {
      throw cause;
    },
  };
  const good = keeping();
  const { errors, onSinkError } = watched();
  createRecorder({ sinks: [failing, good], onSinkError }).record(record);
  expect(good.kept).toEqual([record]);
  expect(errors).toMatchObject([{ code: "sink-failed", sink: "disk", cause }]);
});

test("a sink that rejects is reported, and flush waits for it without failing", async () => {
  const { errors, onSinkError } = watched();
  const sink: RecordSink = { name: "db", write: () => Promise.reject(new Error("gone")) };
  const recorder = createRecorder({ sinks: [sink], onSinkError });
  recorder.record(record);
  await recorder.flush();
  expect(errors).toMatchObject([{ code: "sink-failed", sink: "db" }]);
});

test("a slow sink makes nobody wait, and flush waits for it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const recorder = createRecorder({ sinks: [{ name: "slow", write: () => promise }], onSinkError: vi.fn() });
  recorder.record(record);
  let flushed = false;
  const flushing = recorder.flush().then(() => (flushed = true));
  await Promise.resolve();
  expect(flushed).toBe(false);
  resolve();
  await flushing;
  expect(flushed).toBe(true);
});

test("a sink that is stuck loses records instead of filling memory", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { errors, onSinkError } = watched();
  const sink: RecordSink = { name: "stuck", write: () => promise };
  const recorder = createRecorder({ sinks: [sink], onSinkError, mostPending: 2 });
  for (let count = 0; count < 5; count++) recorder.record(record);
  expect(errors.map(({ code }) => code)).toEqual(["sink-overloaded", "sink-overloaded", "sink-overloaded"]);
  resolve();
  await recorder.flush();
  recorder.record(record);
  expect(errors).toHaveLength(3);
});

test("does not throw even when the one who is told of errors does", async () => {
  const onSinkError = (): never => {
    throw new Error("no log either");
  };
  const throwing = (): never => {
    throw new Error("x");
  };
  const sinks: RecordSink[] = [
    { name: "a", write: throwing },
    { name: "b", write: async () => throwing() },
  ];
  const recorder = createRecorder({ sinks, onSinkError });
  expect(() => recorder.record(record)).not.toThrow();
  await expect(recorder.flush()).resolves.toBeUndefined();
});
