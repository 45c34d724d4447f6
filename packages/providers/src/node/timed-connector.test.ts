import { Socket } from "node:net";
import { errors } from "undici";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { timedConnector } from "./timed-connector.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const target = { hostname: "a.example", protocol: "http:", port: "80" };

/** A connection that comes after so many milliseconds, given 3,000 for it. */
function connecting(afterMs: number) {
  const socket = new Socket();
  const told: unknown[] = [];
  const connector = timedConnector((_, callback) => void setTimeout(() => callback(null, socket), afterMs), 3_000);
  connector(target, (error, given) => void told.push(error ?? given));
  return { socket, told };
}

test("a connection that is there in time is given", () => {
  const { socket, told } = connecting(2_999);
  vi.advanceTimersByTime(2_999);
  expect(told).toEqual([socket]);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([socket]);
  expect(socket.destroyed).toBe(false);
});

test("one that is not is given up when its time is over, and closed when it comes", () => {
  const { socket, told } = connecting(3_500);
  vi.advanceTimersByTime(2_999);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([expect.any(errors.ConnectTimeoutError)]);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(1);
  expect(socket.destroyed).toBe(true);
});
