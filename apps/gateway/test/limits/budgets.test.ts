import type { Answer, FakeProvider } from "@drawbridge/providers/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { ask, lineOf, post, type Posted, type PostOptions } from "../support/post.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";
import { limitedConfig, openLimitScene } from "./scene.ts";

const small: Answer = { text: "Four words or five." };
const key = { name: "alice", value: aliceKey };
const budget = (nanoUsd: number) => ({ budgets: [{ usd: (nanoUsd / 1e9).toFixed(9), per: "month" }] });
const atGpu = (limits: object) => ({ providerLimits: { gpu: limits } });
const atProvider = (upstream: FakeProvider, limits: object): object => ({
  gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey, limits },
});

/** Configurations in which one level has limits. */
const levels: [name: string, configure: (limits: object, upstream: FakeProvider) => object][] = [
  [
    "customer",
    (limits) => ({
      customers: { acme: limits },
      teams: { payments: { customer: "acme" } },
      users: { al: { team: "payments" } },
      keys: [{ ...key, user: "al" }],
    }),
  ],
  ["team", (limits) => ({ teams: { payments: limits }, keys: [{ ...key, team: "payments" }] })],
  ["user", (limits) => ({ users: { al: limits }, keys: [{ ...key, user: "al" }] })],
  ["key", (limits) => ({ keys: [{ ...key, ...limits }] })],
  ["provider", (limits, upstream) => ({ providers: atProvider(upstream, limits) })],
  ["key at a provider", (limits) => ({ keys: [{ ...key, ...atGpu(limits) }] })],
  ["user at a provider", (limits) => ({ users: { al: atGpu(limits) }, keys: [{ ...key, user: "al" }] })],
  ["team at a provider", (limits) => ({ teams: { payments: atGpu(limits) }, keys: [{ ...key, team: "payments" }] })],
];

/** What is held for a request of these tests. */
let need = 0;

beforeAll(async () => {
  await using scene = await openLimitScene(
    (upstream) => limitedConfig(upstream, { keys: [{ ...key, ...budget(1e9) }] }),
    { script: () => small },
  );
  const line = await lineOf(scene.gateway, await post(scene.gateway.url, ask(false)));
  need = Number(line["held_nano_usd"]);
  expect(line).toMatchObject({ cost_nano_usd: scene.bill(), cost_estimated: false });
  expect(need).toBeGreaterThan(scene.bill());
});

describe("a budget", () => {
  test.each(levels)("L-02 of a %s admits of many at once exactly those that fit", async (_, configure) => {
    const fits = 5;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, configure(budget(need * fits + need / 2), upstream)),
      { script: () => enough.then(() => small) },
    );
    let refused = 0;
    const asked = Array.from({ length: 4 * fits }, async (): Promise<Posted> => {
      const answer = await post(scene.gateway.url, ask(false));
      if (answer.status === 429) refused += 1;
      if (refused === 3 * fits) resolve();
      return answer;
    });
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(fits);
    expect(scene.upstream.calls).toHaveLength(fits);
    expect(await scene.counted(answers.length)).toBe(scene.bill());
  });

  test("L-24 that is spent is told once and for all: by whom, how much, and until when", async () => {
    await using scene = await openLimitScene(
      (upstream) =>
        limitedConfig(upstream, { teams: { payments: budget(need) }, keys: [{ ...key, team: "payments" }] }),
      { script: () => ({ text: "word ".repeat(100), usage: { inputTokens: 30, outputTokens: 100 } }) },
    );
    expect(await post(scene.gateway.url, ask(false))).toMatchObject({ status: 200 });
    const refused = await post(scene.gateway.url, ask(true));
    expect(refused).toMatchObject({ status: 402, error: { type: "billing_error" } });
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(refused.headers.get("retry-after")).toBeNull();
    expect(refused.error?.message).toMatch(
      /^team payments may use 0\.0\d+ USD a month \(UTC\): 0\.00159 USD used and 0\.00 USD held by running requests; this request may take 0\.0\d+ USD more\. The limit resets at 20\d\d-\d\d-01T00:00:00\.000Z$/u,
    );
    expect(await lineOf(scene.gateway, refused)).toMatchObject({ outcome: "refused", failure_kind: "budget-spent" });
    expect(scene.upstream.calls).toHaveLength(1);
  });

  test("that running requests hold is told to come back soon", async () => {
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, ...budget(need * 1.5) }] }),
      { script: () => enough.then(() => small) },
    );
    const first = post(scene.gateway.url, ask(false));
    await scene.upstream.until(({ calls }) => calls.length === 1);
    const second = await post(scene.gateway.url, ask(false));
    expect(second).toMatchObject({ status: 429, error: { type: "rate_limit_error" } });
    expect([second.headers.get("x-should-retry"), second.headers.get("retry-after")]).toEqual(["true", "2"]);
    resolve();
    expect(await first).toMatchObject({ status: 200 });
    expect(await post(scene.gateway.url, ask(false))).toMatchObject({ status: 200 });
  });

  test("L-14 refuses a model without a price by its name, and one that is free by decision not", async () => {
    const prices = { "gpu/free": { input: 0, output: 0 } };
    const spent = { keys: [{ ...key, ...budget(0) }], prices };
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, spent), { script: () => small });
    const refused = await post(scene.gateway.url, ask(false));
    expect(refused).toMatchObject({ status: 400, error: { type: "policy_blocked" } });
    expect(refused.error?.message).toMatch(/^Nobody has said what "gpu\/qwen3-coder" costs/u);
    expect(scene.upstream.calls).toHaveLength(0);
    expect(await post(scene.gateway.url, ask(false, { model: "gpu/free" }))).toMatchObject({ status: 200 });
  });

  test.each(levels)(
    "L-14 of a %s refuses every request for a model without a price, before anybody is asked",
    async (_, configure) => {
      const config = (upstream: FakeProvider): object => ({
        ...configure(budget(1e9), upstream),
        prices: { "gpu/priced": { input: 1, output: 1 } },
        models: [
          { match: "claude-*", target: "gpu/qwen3-coder" },
          { match: "chain", targets: ["gpu/qwen3-coder", "gpu/other"] },
        ],
      });
      await using scene = await openLimitScene((upstream) => limitedConfig(upstream, config(upstream)), {
        script: () => small,
      });
      const messages = [{ role: "user", content: "hi" }];
      const asked = [true, false].flatMap((stream) => [
        post(scene.gateway.url, ask(stream)),
        post(scene.gateway.url, ask(stream, { model: "chain" })),
        post(scene.gateway.url, ask(stream, { model: "gpu/unheard-of" })),
        post(scene.gateway.url, { model: "chain", stream, messages }, { path: "/openai/v1/chat/completions" }),
        post(scene.gateway.url, { model: "chain", stream, input: "hi" }, { path: "/openai/v1/responses" }),
      ]);
      for (const { status, text } of await Promise.all(asked)) {
        expect([status, text]).toEqual([400, expect.stringContaining("Nobody has said what")]);
      }
      expect(scene.upstream.calls).toHaveLength(0);
      expect(await post(scene.gateway.url, ask(false, { model: "gpu/priced" }))).toMatchObject({ status: 200 });
    },
  );

  test("leaves counting tokens and listing models free", async () => {
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, ...budget(0), rates: [{ requests: 0, per: "day" }] }] }),
      { script: () => small },
    );
    expect(await post(scene.gateway.url, ask(false))).toMatchObject({ status: 402 });
    const path = "/anthropic/v1/messages/count_tokens";
    expect(await post(scene.gateway.url, ask(false), { path })).toMatchObject({ status: 200 });
    expect(await post(scene.gateway.url, "", { path: "/v1/models", method: "GET" })).toMatchObject({ status: 200 });
  });

  const count = { path: "/anthropic/v1/messages/count_tokens" };
  const get = (path: string) => ({ path, method: "GET" as const });
  test.each<[name: string, status: number, asked: [body: unknown, options?: PostOptions]]>([
    ["a count of tokens", 200, [ask(false), count]],
    ["a count of tokens that is refused", 400, [{ messages: "none" }, count]],
    ["a list of models", 200, ["", get("/anthropic/v1/models")]],
    ["a model", 200, ["", get("/anthropic/v1/models/claude-sonnet-4-6")]],
    ["a model that there is not", 404, ["", get("/anthropic/v1/models/nothing")]],
    ["a list of models for OpenAI's clients", 200, ["", get("/openai/v1/models")]],
    ["a request that makes no sense", 400, [{ model: 5 }]],
    ["a request for a model that the key may not use", 400, [ask(true, { model: "claude-opus-4-8" })]],
    [
      "a request for a tool that the key may not use",
      400,
      [ask(true, { tools: [{ name: "Bash", input_schema: {} }] })],
    ],
    ["a request that has no room", 402, [ask(true, { max_tokens: 64_000, stream: false })]],
    ["a request that its provider does not answer", 500, [ask(true, { model: "gpu/broken" })]],
  ])("is told with the very first answer, also with %s", async (_, status, asked) => {
    const may = { models: { deny: ["*opus*"] }, tools: { deny: ["Bash"] } };
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, ...budget(0.5e9), ...may }] }),
      { script: () => ({ ...small, fault: { kind: "http-error", status: 500 } }) },
    );
    const answer = await post(scene.gateway.url, ...asked);
    expect(answer).toMatchObject({ status });
    expect(answer.headers.get("x-drawbridge-budget-remaining")).toMatch(/^0\.[45]\d{8}$/u);
    expect(answer.headers.get("x-drawbridge-budget-scope")).toBe("key%20alice");
  });

  test("tells with each answer what is left of it", async () => {
    const limits = { ...budget(1e9), rates: [{ requests: 900, per: "hour" }], parallel: 4 };
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, { keys: [{ ...key, ...limits }] }), {
      script: () => small,
    });
    await post(scene.gateway.url, ask(false));
    await expect
      .poll(async () => (await post(scene.gateway.url, ask(true))).headers.get("x-drawbridge-budget-remaining"))
      .toMatch(/^0\.9\d{8}$/u);
    const { headers } = await post(scene.gateway.url, ask(true));
    expect(headers.get("x-drawbridge-budget-scope")).toBe("key%20alice");
    expect(headers.get("x-drawbridge-budget-reset")).toMatch(/-01T00:00:00\.000Z$/u);
    expect(Number(headers.get("x-drawbridge-requests-remaining"))).toBeLessThan(900);
    expect(headers.get("x-drawbridge-parallel-remaining")).toMatch(/^[0-4]$/u);
  });
});

test.each([
  ["key", "key alice"],
  ["provider", "provider gpu"],
  ["key at a provider", "key alice at gpu"],
])("thresholds of the budget of a %s are told in the log, each once", async (level, name) => {
  const [, configure = () => ({})] = levels.find(([one]) => one === level) ?? [];
  await using scene = await openLimitScene((upstream) => limitedConfig(upstream, configure(budget(1e8), upstream)), {
    script: () => ({ text: "Hello.", usage: { inputTokens: 10, outputTokens: 5_700 } }),
  });
  const told = (): unknown[] =>
    [...scene.gateway.output().matchAll(/^\{.*"event":"threshold".*\}$/gmu)].map(([line]) => JSON.parse(line));
  await post(scene.gateway.url, ask(false, { max_tokens: 6_000 }));
  await scene.gateway.printed(() => told().length > 0);
  await post(scene.gateway.url, ask(false, { max_tokens: 100, messages: [{ role: "user", content: "again" }] }));
  await scene.gateway.printed(() => told().length > 2);
  expect(told()).toMatchObject([80, 90, 100].map((percent) => ({ scope: name, percent, limit_nano_usd: 1e8 })));
});

describe("limits on a single request", () => {
  const places: [name: string, most: number, configure: (upstream: FakeProvider) => object][] = [
    ["a provider", 2_000, (upstream) => ({ providers: atProvider(upstream, { maxTokens: 2_000 }) })],
    ["a key at a provider", 2_000, () => ({ keys: [{ ...key, ...atGpu({ maxTokens: 2_000 }) }] })],
    [
      "what a request to a provider costs",
      3_333,
      (upstream) => ({ providers: atProvider(upstream, { maxCost: 0.05 }) }),
    ],
  ];
  test.each(
    places.flatMap(([name, most, configure]) => [true, false].map((stream) => ({ name, most, configure, stream }))),
  )("of $name shorten the answer that is asked for there, streamed: $stream", async ({ most, configure, stream }) => {
    await using scene = await openLimitScene((upstream) => limitedConfig(upstream, configure(upstream)), {
      script: () => small,
    });
    expect(await post(scene.gateway.url, ask(stream, { max_tokens: 64_000 }))).toMatchObject({ status: 200 });
    const sent = Number(JSON.parse(String(scene.upstream.calls[0]?.raw)).max_tokens);
    expect(sent).toBeLessThanOrEqual(most);
    expect(sent).toBeGreaterThan(most * 0.7);
  });

  test("pass over a provider where an answer would be too short, and leave the next one as it is", async () => {
    await using scene = await openLimitScene(
      (upstream) => ({
        ...limitedConfig(upstream, { keys: [{ ...key, ...budget(1e12) }] }),
        providers: {
          ...atProvider(upstream, { maxTokens: 100 }),
          next: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey },
        },
        models: [{ match: "claude-*", targets: ["gpu/qwen3-coder", "next/qwen3-coder"] }],
      }),
      { script: () => small },
    );
    const answer = await post(scene.gateway.url, ask(true, { max_tokens: 5_000 }));
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get("x-drawbridge-provider")).toBe("next");
    expect(scene.upstream.calls.map(({ body }) => body)).toMatchObject([{ max_tokens: 5_000 }]);
  });

  test.each([true, false])("shorten the answer that may be asked for, streamed: %s", async (stream) => {
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, maxTokens: 2_000 }] }),
      { script: () => small },
    );
    expect(await post(scene.gateway.url, ask(stream, { max_tokens: 64_000 }))).toMatchObject({ status: 200 });
    expect(scene.upstream.calls[0]?.body).toMatchObject({ max_tokens: 2_000 });
  });

  test("shorten it so far that it costs no more than it may, and refuse what never fits", async () => {
    await using scene = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, maxCost: "0.05" }] }),
      { script: () => small },
    );
    expect(await post(scene.gateway.url, ask(false, { max_tokens: 64_000 }))).toMatchObject({ status: 200 });
    const sent = Number(JSON.parse(String(scene.upstream.calls[0]?.raw)).max_tokens);
    expect(sent).toBeGreaterThan(2_500);
    expect(sent).toBeLessThan(0.05e9 / 15_000);
    const messages = [{ role: "user", content: "x".repeat(60_000) }];
    const refused = await post(scene.gateway.url, ask(false, { max_tokens: 64_000, messages }));
    expect(refused).toMatchObject({ status: 400, error: { type: "policy_blocked" } });
    expect(refused.error?.message).toMatch(/^key alice may use 0\.05 USD in one request, and this request may take/u);
  });
});
