import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import type { Answer } from "@drawbridge/providers/testing";
import { describe, expect, test } from "vitest";
import { lineOf, streamedText } from "../support/post.ts";
import { hear } from "./clients.ts";
import { openTargets, type Targets } from "./targets.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
/** A deadline long enough for a twentieth of it to be more than a machine takes for everything else. */
const limitMs = isCampaign ? 30_000 : 600;
/** Until when it has to have passed. Other processes can take the processor away, and without the deadline it is minutes. */
const latestMs = isCampaign ? 1.05 * limitMs : 20_000;
/** Not long after a short one. */
const soonMs = isCampaign ? 2_500 : 20_000;

const text = "A text long enough for several events of a stream.";
const silent: Answer = { fault: { kind: "silence-before-head" } };
const heart = { kind: "heartbeats", everyMs: 30 } as const;

/** How long an exchange takes, in milliseconds. */
async function timed(targets: Targets<"one">, stream: boolean): Promise<readonly [ms: number, status: number]> {
  const began = performance.now();
  const { status } = await targets.ask("session", { stream });
  return [performance.now() - began, status];
}

const configWith = (routing: object): object => ({ routing });
/** Before the first ping a failure is still told by its status. */
const unpinged = { ...configWith({ attempts: 1 }), server: { ping: "5m" } };

const openOne = (timeouts: object) =>
  openTargets({ names: ["one"], providers: { one: { timeouts } }, config: unpinged });

const limit = `${limitMs}ms`;

/** Whether a call took as long as its deadline, give or take a twentieth. */
function expectInTime(ms: number): void {
  expect(ms).toBeGreaterThanOrEqual(0.95 * limitMs);
  expect(ms).toBeLessThanOrEqual(latestMs);
}

describe.concurrent("a deadline ends the call, and not long after it has passed", () => {
  test("to the connection", async () => {
    // It takes connections and says nothing, so that TLS is never there.
    const held = new Set<Socket>();
    const silentServer = createTcpServer((socket) => void held.add(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => silentServer.listen(0, "127.0.0.1", resolve));
    const { port } = silentServer.address() as AddressInfo;
    const baseUrl = `https://127.0.0.1:${port}`;
    await using targets = await openTargets({
      names: ["one"],
      providers: { one: { baseUrl, timeouts: { connect: limit } } },
      config: unpinged,
    });
    const [ms, status] = await timed(targets, true);
    expect(status).toBe(504);
    expectInTime(ms);
    for (const socket of held) socket.destroy();
    silentServer.close();
  });

  test.each([true, false])("to the head of the answer (streamed: %s)", async (stream) => {
    await using targets = await openOne({ [stream ? "firstByte" : "whole"]: limit });
    targets.answers.one = silent;
    const [ms, status] = await timed(targets, stream);
    expect(status).toBe(504);
    expectInTime(ms);
  });

  test.each<[string, Answer]>([
    ["nothing", { text, fault: { kind: "silence-mid-stream", afterEvents: 6 } }],
    ["only comments", { text, fault: { ...heart, afterEvents: 6 } }],
    ["only pings", { text, fault: { ...heart, afterEvents: 6, line: 'event: ping\ndata: {"type":"ping"}' } }],
  ])("of silence in a stream, though the provider sends %s", async (_, answer) => {
    await using targets = await openOne({ idle: limit });
    targets.answers.one = answer;
    const began = performance.now();
    const got = await hear(targets.gateway.url, "messages", { model: "claude-sonnet-4-6", stream: true });
    expectInTime(performance.now() - began);
    expect(got).toMatchObject({ status: 200, completed: 0, errors: [{ type: "timeout_error" }] });
    expect(got.text).not.toBe("");
    expect(await lineOf(targets.gateway, got)).toMatchObject({ outcome: "truncated", failure_kind: "timed-out" });
    await targets.fakes.one.until(({ calls }) => calls[0]?.abandonedAt !== undefined);
  });

  test("of silence while it thinks, which may be longer than while it writes", async () => {
    await using targets = await openOne({ idle: "200ms", thinking: limit });
    targets.answers.one = { thinking: text, text, fault: { kind: "silence-mid-stream", afterEvents: 4 } };
    const began = performance.now();
    const got = await targets.ask("session");
    expectInTime(performance.now() - began);
    expect(got).toMatchObject({ status: 200, error: { type: "timeout_error" } });
  });

  test.each<[string, Answer]>([
    ["piece", { text: "word ".repeat(4_000), deltaChars: 5, gapMs: 20 }],
    ["byte", { text, fault: { kind: "slow-drip", everyMs: isCampaign ? 1_000 : 100 } }],
  ])("of the whole call, though every %s of it comes in time", async (_, answer) => {
    await using targets = await openOne({ firstByte: "60s", idle: "60s", total: limit });
    targets.answers.one = answer;
    const began = performance.now();
    const got = await targets.ask("session");
    expectInTime(performance.now() - began);
    expect(got.error?.type).toBe("timeout_error");
    await targets.fakes.one.until(({ calls }) => calls[0]?.abandonedAt !== undefined);
  });
});

test("an answer that is not streamed has until it is written", async () => {
  await using targets = await openOne({ firstByte: "200ms", idle: "200ms" });
  targets.answers.one = { text, delayMs: 900 };
  expect(await targets.ask("session", { stream: false })).toMatchObject({ status: 200 });
});

test("a slow stream that keeps talking is not ended by the deadline of silence", async () => {
  await using targets = await openOne({ firstByte: "2s", idle: "2s" });
  targets.answers.one = { text, deltaChars: 2, gapMs: 100 };
  const got = await targets.ask("session");
  expect(streamedText(got)).toBe(text);
  expect(got.events.at(-1)?.type).toBe("message_stop");
});

describe("a silent first target", () => {
  const open = (routing: object, firstByte = "30s") =>
    openTargets({
      names: ["one", "two"],
      providers: { one: { timeouts: { firstByte } } },
      config: configWith(routing),
    });

  test("is left for the next one before its own deadline", async () => {
    await using targets = await open({ firstContent: "300ms" });
    targets.answers.one = silent;
    const began = performance.now();
    expect(streamedText(await targets.ask("session"))).toBe("two");
    expect(performance.now() - began).toBeLessThan(soonMs);
    await targets.fakes.one.until(({ calls }) => calls[0]?.abandonedAt !== undefined);
  });

  test("is waited for when the next one is out", async () => {
    await using targets = await open({ firstContent: "300ms" });
    targets.answers.one = { fault: { kind: "http-error", status: 500 } };
    targets.answers.two = { fault: { kind: "http-error", status: 429, headers: { "retry-after": "60" } } };
    // The second target takes itself out.
    await targets.ask("first session");
    targets.answers.one = { text: "late", delayMs: 1_000 };
    expect(streamedText(await targets.ask("session"))).toBe("late");
    expect(targets.fakes.two.calls).toHaveLength(1);
  });

  test("may be the only one to answer a request that must not be done twice", async () => {
    const routing = { firstContent: "300ms", retryUncertain: false };
    await using patient = await open(routing);
    patient.answers.one = { text: "late", delayMs: 1_000 };
    expect(streamedText(await patient.ask("session"))).toBe("late");
    await using impatient = await open(routing, "600ms");
    impatient.answers.one = silent;
    expect(await impatient.ask("session")).toMatchObject({ status: 504 });
    for (const { fakes } of [patient, impatient]) expect(fakes.two.calls).toEqual([]);
  });
});

test.each(["silence", "reset"] as const)("an error whose body ends in %s is known by its status", async (how) => {
  await using targets = await openOne({ idle: "30s" });
  targets.answers.one = {
    fault: [
      { kind: "http-error", status: 500 },
      { kind: "cut-body", bytes: 9, how },
    ],
  };
  const [ms, status] = await timed(targets, true);
  expect(status).toBe(500);
  expect(ms).toBeLessThan(soonMs);
});

test("one deadline holds over all attempts, and the answer says so", async () => {
  await using targets = await openTargets({
    names: ["one", "two", "three"],
    config: configWith({ deadline: "900ms", firstContent: "400ms" }),
  });
  for (const name of ["one", "two", "three"] as const) targets.answers[name] = silent;
  const began = performance.now();
  const got = await targets.ask("session");
  expect(got.status).toBe(504);
  expect(performance.now() - began).toBeLessThan(soonMs);
  for (const fake of Object.values(targets.fakes)) expect(fake.calls.length).toBeLessThanOrEqual(1);
});
