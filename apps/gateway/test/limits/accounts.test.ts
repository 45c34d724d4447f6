import type { Answer, AnswerUsage, Fault } from "@drawbridge/providers/testing";
import { describe, expect, test } from "vitest";
import { ask, lineOf, post, streamedText } from "../support/post.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";
import { limitedConfig, openLimitScene } from "./scene.ts";

const key = { name: "alice", value: aliceKey };
const budget = (usd: string) => ({ budgets: [{ usd, per: "month" }] });
const rich = { keys: [{ ...key, ...budget("1000") }] };
const words = (count: number): string => "four ".repeat(count);

describe("an answer that grows beyond its hold", () => {
  test("L-04: is held slice after slice, and costs what it came to", async () => {
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, rich), {
      script: () => ({ text: words(5_000) }),
    });
    const answer = await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }));
    expect(streamedText(answer)).toBe(words(5_000));
    const line = await lineOf(scene.gateway, answer);
    expect(line).toMatchObject({ outcome: "ok", cost_nano_usd: scene.bill(), cost_estimated: false });
    expect(Number(line["held_nano_usd"])).toBeGreaterThan(scene.bill());
    expect(Number(line["held_nano_usd"])).toBeLessThan(2 * scene.bill());
  });

  test.each(["openai-chat", "anthropic-messages"] as const)(
    "L-04: ends with an error where a limit is reached, at most a slice beyond it (%s)",
    async (kind) => {
      const provider = (url: string) => ({ gpu: { kind, baseUrl: url, apiKey: upstreamKey } });
      await using scene = await openLimitScene(
        (upstream) =>
          limitedConfig(upstream, {
            providers: provider(upstream.baseUrlFor(kind)),
            keys: [{ ...key, ...budget("0.05") }],
          }),
        // A token in a millisecond: what it writes until it knows that it is left is less than the slice, on a busy machine too.
        { script: () => ({ text: words(20_000), gapMs: 10, deltaChars: 40 }) },
      );
      const answer = await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }));
      expect(answer.events.at(-1)).toMatchObject({ type: "error", error: { type: "billing_error" } });
      expect(answer.error?.message).toMatch(/^key alice may use 0\.05 USD a month/u);
      const line = await lineOf(scene.gateway, answer);
      expect(line).toMatchObject({ outcome: "truncated" });
      await scene.upstream.until(({ bill }) => bill.abandoned === 1);
      expect(Number(line["cost_nano_usd"])).toBeGreaterThan(0.035e9);
      expect(Number(line["cost_nano_usd"])).toBeLessThanOrEqual(0.05e9 + 1_024 * 15_000);
      expect(await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }))).toMatchObject({ status: 402 });
      expect(scene.upstream.calls).toHaveLength(1);
    },
  );
});

test("L-04: an answer that comes in one piece passes a limit by that piece, is booked in full, and is the last", async () => {
  await using scene = await openLimitScene(
    (upstream) => limitedConfig(upstream, { keys: [{ ...key, ...budget("0.05") }] }),
    {
      script: () => ({ text: words(20_000), deltaChars: 1_000_000 }),
    },
  );
  const answer = await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }));
  const line = await lineOf(scene.gateway, answer);
  expect(Number(line["cost_nano_usd"])).toBeGreaterThan(2 * 0.05e9);
  expect(Number(line["cost_nano_usd"])).toBeGreaterThanOrEqual(scene.bill());
  expect(await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }))).toMatchObject({ status: 402 });
  expect(scene.upstream.calls).toHaveLength(1);
});

describe("how requests are held", () => {
  test("L-03: strictly means that the longest answer has to fit before it begins", async () => {
    const strict = { limits: { hold: "strict" }, keys: [{ ...key, ...budget("0.05") }] };
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, strict), {
      script: () => ({ text: words(50) }),
    });
    expect(await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }))).toMatchObject({ status: 402 });
    expect(await post(scene.gateway.url, ask(true, { max_tokens: 2_000 }))).toMatchObject({ status: 200 });
    expect(scene.upstream.calls).toHaveLength(1);
  });

  const withTerms = (
    terms: Readonly<Partial<Record<"limits" | "customer" | "team" | "user" | "key", object>>>,
    usd = "0.05",
  ) => ({
    limits: terms.limits ?? {},
    customers: { acme: { ...terms.customer, ...budget("1000") } },
    teams: { payments: { customer: "acme", ...terms.team } },
    users: { al: { team: "payments", ...terms.user } },
    keys: [{ ...key, user: "al", ...budget(usd), ...terms.key }],
  });

  test.each([
    ["where the customer says it", { customer: { hold: "strict" } }, 402],
    ["where the team says it", { team: { hold: "strict" } }, 402],
    ["where the user says it", { user: { hold: "strict" } }, 402],
    ["where the key says it", { key: { hold: "strict" } }, 402],
    [
      "where the customer says it, whatever the key says",
      { customer: { hold: "strict" }, key: { hold: "incremental" } },
      402,
    ],
    ["where the key says it, whatever the team says", { team: { hold: "incremental" }, key: { hold: "strict" } }, 402],
    ["where all gateways do and no level says anything", { limits: { hold: "strict" } }, 402],
    [
      "not where a level is let off what all others must",
      { limits: { hold: "strict" }, team: { hold: "incremental" } },
      200,
    ],
  ])("L-03: strictly is %s", async (_, terms, status) => {
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, withTerms(terms)), {
      script: () => ({ text: words(50) }),
    });
    expect(await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }))).toMatchObject({ status });
  });

  test.each([
    ["goes on where a level lets it", { team: { whenSpent: "run" } }, undefined],
    ["ends where another level wants it", { team: { whenSpent: "run" }, key: { whenSpent: "cut" } }, "billing_error"],
    [
      "ends where one level is not let off",
      { limits: { whenSpent: "run" }, user: { whenSpent: "cut" } },
      "billing_error",
    ],
  ])("L-05: an answer for which no more can be held %s", async (_, terms, error) => {
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, withTerms(terms, "0.03")), {
      script: () => ({ text: words(5_000), deltaChars: 200, gapMs: 1 }),
    });
    const answer = await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }));
    expect(answer.error?.type).toBe(error);
  });

  test("L-05: an answer that may run on is counted in full beyond the limit, and the next one refused", async () => {
    const running = { limits: { whenSpent: "run" }, keys: [{ ...key, ...budget("0.03") }] };
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, running), {
      script: () => ({ text: words(5_000), deltaChars: 200 }),
    });
    const answer = await post(scene.gateway.url, ask(true, { max_tokens: 64_000 }));
    expect(streamedText(answer)).toBe(words(5_000));
    expect(await lineOf(scene.gateway, answer)).toMatchObject({ outcome: "ok", cost_nano_usd: scene.bill() });
    expect(scene.bill()).toBeGreaterThan(2 * 0.03e9);
    expect(await post(scene.gateway.url, ask(true))).toMatchObject({ status: 402 });
  });
});

describe("what a provider counts", () => {
  const oddities: [name: string, usage: AnswerUsage | "none"][] = [
    ["nothing", "none"],
    ["less than nothing", { inputTokens: -5, outputTokens: -7 }],
    ["what is no number", { inputTokens: Number.NaN, outputTokens: Number.NaN }],
    ["what cannot be", { inputTokens: 9e15, outputTokens: 9e15 }],
    ["no output", { inputTokens: 30, outputTokens: 0 }],
  ];
  const kinds = ["openai-chat", "anthropic-messages", "openai-responses", "gemini", "bedrock-converse"] as const;
  const cases = kinds.flatMap((kind) =>
    oddities.flatMap(([name, usage]) => [true, false].map((stream) => ({ kind, name, usage, stream }))),
  );

  test.each(cases)(
    "L-15: is not believed where it is $name ($kind, streamed: $stream)",
    async ({ kind, usage, stream }) => {
      const cloud = kind === "bedrock-converse" ? { region: "us-east-1" } : {};
      await using scene = await openLimitScene(
        (upstream) =>
          limitedConfig(upstream, {
            ...rich,
            providers: { gpu: { kind, baseUrl: upstream.baseUrlFor(kind), apiKey: upstreamKey, ...cloud } },
          }),
        { script: () => ({ text: words(100), usage }), strict: false },
      );
      const answer = await post(scene.gateway.url, ask(stream, { max_tokens: 400 }));
      const line = await lineOf(scene.gateway, answer);
      expect(line).toMatchObject({ outcome: "ok", cost_estimated: true });
      const [least, most] = [100 * 15_000, 400 * 15_000 + 2_000 * 3_000];
      expect(Number(line["cost_nano_usd"])).toBeGreaterThanOrEqual(least);
      expect(Number(line["cost_nano_usd"])).toBeLessThanOrEqual(most);
    },
  );
});

describe("attempts", () => {
  const both = [true, false];
  const failing: [name: string, fault: Fault, streams: readonly boolean[]][] = [
    ["answers with an error", { kind: "http-error", status: 500 }, both],
    ["is out of breath", { kind: "http-error", status: 529 }, both],
    ["breaks off before its head", { kind: "reset-before-head" }, both],
    ["breaks off in its head", { kind: "reset-mid-head" }, both],
    ["breaks off in its first event", { kind: "half-event", afterEvents: 0 }, [true]],
    ["ends without an answer", { kind: "truncated", afterEvents: 0 }, [true]],
    ["says that it failed", { kind: "error-before-content" }, [true]],
    ["ends in the middle of its answer", { kind: "cut-body", bytes: 60, how: "close" }, both],
    ["answers with a page", { kind: "html-with-200" }, both],
    ["answers with an error that is none by its status", { kind: "json-error-with-200" }, both],
  ];

  test.each(failing.flatMap(([name, fault, streams]) => streams.map((stream) => ({ name, fault, stream }))))(
    "L-11: are each billed once where one $name (streamed: $stream)",
    async ({ fault, stream }) => {
      const script = ({ model }: { readonly model: string }): Answer => ({
        text: words(50),
        ...(model === "bad" ? { fault } : {}),
      });
      await using scene = await openLimitScene(
        (upstream) => {
          const settings = { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey };
          return limitedConfig(upstream, {
            ...rich,
            providers: { first: settings, second: settings },
            models: [{ match: "claude-*", targets: ["first/bad", "second/good"] }],
          });
        },
        { script },
      );
      const answer = await post(scene.gateway.url, ask(stream));
      expect(answer.status).toBe(200);
      const line = await lineOf(scene.gateway, answer);
      const cost = Number(line["cost_nano_usd"]);
      expect(cost).toBeGreaterThanOrEqual(scene.bill());
      // What is not known is bounded: the input of a small request, and the few words that may be on their way. A call on a
      // connection that was in use before is made once more.
      const bad = scene.upstream.calls.filter(({ model }) => model === "bad").length;
      expect(bad).toBeLessThanOrEqual(fault.kind === "reset-before-head" ? 2 : 1);
      expect(cost).toBeLessThan(scene.bill() + bad * (1_200 * 3_750 + 20 * 15_000));
      const exact = fault.kind === "http-error";
      if (exact) expect(cost).toBe(scene.bill());
      expect(line["cost_estimated"]).toBe(!exact);
    },
  );

  test("cost nothing where the provider was never reached", async () => {
    await using scene = await openLimitScene(
      (upstream) => {
        const settings = { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey };
        return limitedConfig(upstream, {
          ...rich,
          providers: { gone: { ...settings, baseUrl: "http://127.0.0.1:9" }, here: settings },
          models: [{ match: "claude-*", targets: ["gone/bad", "here/good"] }],
        });
      },
      { script: () => ({ text: words(50) }) },
    );
    const line = await lineOf(scene.gateway, await post(scene.gateway.url, ask(true)));
    expect(line).toMatchObject({ cost_nano_usd: scene.bill(), cost_estimated: false });
  });

  test("go to another provider where the limits of one have no room, and to none without a word", async () => {
    await using scene = await openLimitScene(
      (upstream) => {
        const settings = { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey };
        return limitedConfig(upstream, {
          providers: { full: { ...settings, limits: budget("0") }, free: settings },
          models: [
            { match: "claude-*", targets: ["full/one", "free/two"] },
            { match: "only", target: "full/one" },
          ],
        });
      },
      { script: () => ({ text: words(50) }) },
    );
    const line = await lineOf(scene.gateway, await post(scene.gateway.url, ask(true)));
    expect(line).toMatchObject({ provider: "free", outcome: "ok", attempts: 1, tried: [{ outcome: "declined" }, {}] });
    const refused = await post(scene.gateway.url, ask(true, { model: "only" }));
    expect(refused).toMatchObject({ status: 402, error: { type: "billing_error" } });
    expect(refused.error?.message).toMatch(/^provider full may use 0\.00 USD a month/u);
    expect(scene.upstream.calls).toHaveLength(1);
  });
});

const alike = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 30 : 1_000;

test(`L-07: of ${alike} requests that all say one id of their own each is charged, under an id of the gateway's`, async () => {
  const keys = { keys: [{ ...key, ...budget("1000"), rates: [{ requests: alike, per: "day" }] }] };
  await using scene = await openLimitScene((upstream) => limitedConfig(upstream, keys), {
    script: () => ({ text: words(50) }),
  });
  const chosen = "11111111-2222-4333-8444-555555555555";
  const names = ["x-request-id", "request-id", "x-client-request-id", "idempotency-key", "x-drawbridge-request-id"];
  const headers = Object.fromEntries(names.map((name) => [name, chosen]));
  for (let asked = 0; asked < alike; asked += 10) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => post(scene.gateway.url, ask(index % 2 === 0), { headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  }
  expect(await scene.counted(alike)).toBe(scene.bill());
  const ids = scene.gateway.exchanges().map((line) => line["request_id"]);
  expect([new Set(ids).size, ids.includes(chosen)]).toEqual([alike, false]);
  // Limits have counted each of them as well.
  expect(await post(scene.gateway.url, ask(false), { headers })).toMatchObject({ status: 429 });
}, 600_000);
