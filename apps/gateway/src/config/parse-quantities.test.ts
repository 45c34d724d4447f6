import { expect, test } from "vitest";
import { isLoopback } from "./is-loopback.ts";
import { parseByteSize } from "./parse-byte-size.ts";
import { parseCount } from "./parse-count.ts";
import { parseDuration } from "./parse-duration.ts";

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["1.5m", 90_000],
  ["1 h", 3_600_000],
  ["250", 250],
  [250, 250],
  [0, 0],
  ["10 days", undefined],
  ["-1s", undefined],
  ["", undefined],
  [-5, undefined],
  [Number.NaN, undefined],
  [["10s"], undefined],
  ["toString", undefined],
  [null, undefined],
])("the duration %j is %s ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ["32MB", 33_554_432],
  ["512 kb", 524_288],
  ["1.5GB", 1_610_612_736],
  ["100", 100],
  [100, 100],
  ["10TB", undefined],
  ["-1", undefined],
  [{}, undefined],
])("the size %j is %s bytes", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  ["60", 60],
  [60, 60],
  ["500k", 500_000],
  ["2 M", 2_000_000],
  ["1.5M", 1_500_000],
  ["1G", 1_000_000_000],
  ["1.5", undefined],
  ["1.2345k", undefined],
  ["2m", undefined],
  ["2K", undefined],
  ["99999999999G", undefined],
  [-1, undefined],
  [1e21, undefined],
  [null, undefined],
])("the count %j is %s", (text, count) => {
  expect(parseCount(text)).toBe(count);
});

test.each(["127.0.0.1", "127.1.2.3", "localhost", "LocalHost", "::1", "[::1]", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"])(
  "only this machine reaches %s",
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  "0.0.0.0",
  "::",
  "",
  "10.0.0.1",
  "127.0.0.1.example.com",
  "127.0.0.256",
  "localhost.example.com",
  "example.com",
])("others may reach %j", (host) => {
  expect(isLoopback(host)).toBe(false);
});
