import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ask, lineOf, post } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { limitedConfig, openLimitScene } from "./scene.ts";

const key = { name: "alice", value: aliceKey };
const messages = [{ role: "user" as const, content: "hi" }];

function scene(limits: object): ReturnType<typeof openLimitScene> {
  const config = { keys: [{ ...key, ...limits }] };
  return openLimitScene((upstream) => limitedConfig(upstream, config), { script: () => ({ text: "Hello." }) });
}

describe("a budget that is spent", () => {
  const spent = { budgets: [{ usd: "0.000001", per: "month" }] };

  test("L-24: is asked about once by Anthropic's SDK, whole and streamed", async () => {
    await using opened = await scene(spent);
    const client = new Anthropic({ baseURL: `${opened.gateway.url}/anthropic`, apiKey: aliceKey, authToken: null });
    for (const stream of [false, true]) {
      const call = client.messages.create({ model: "claude-sonnet-4-6", max_tokens: 99, messages, stream });
      await expect(call).rejects.toMatchObject({ status: 402, error: { error: { type: "billing_error" } } });
    }
    expect(opened.gateway.exchanges()).toHaveLength(2);
  });

  test("L-24: is asked about once by OpenAI's SDK, in its own terms", async () => {
    await using opened = await scene(spent);
    const client = new OpenAI({ baseURL: `${opened.gateway.url}/openai/v1`, apiKey: aliceKey });
    const chat = client.chat.completions.create({ model: "claude-sonnet-4-6", messages });
    await expect(chat).rejects.toMatchObject({ status: 402, code: "insufficient_quota" });
    const response = client.responses.create({ model: "claude-sonnet-4-6", input: "hi" });
    await expect(response).rejects.toMatchObject({ status: 402, code: "insufficient_quota" });
    expect(opened.gateway.exchanges()).toHaveLength(2);
  });
});

describe("a rate", () => {
  test("R-03 R-04: says when there is room again, and refused requests take none of it", async () => {
    // The second does not pass while they ask.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    await using opened = await scene({ rates: [{ requests: 2, per: "second" }] });
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(opened.gateway.url, ask(false))));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(refused).toHaveLength(10);
    for (const { headers, error } of refused) {
      expect([headers.get("retry-after"), headers.get("x-should-retry")]).toEqual([
        expect.stringMatching(/^[12]$/u),
        "true",
      ]);
      expect(error).toMatchObject({ type: "rate_limit_error" });
      expect(error?.message).toMatch(/^key alice may use 2 requests in any second/u);
    }
    const waitMs = Math.max(...refused.map(({ headers }) => Number(headers.get("retry-after")))) * 1_000;
    vi.setSystemTime(Date.now() + waitMs);
    expect(await post(opened.gateway.url, ask(false))).toMatchObject({ status: 200 });
  });

  test("R-04: is waited for by the SDKs of Anthropic and OpenAI, which ask once more and get their answer", async () => {
    await using opened = await scene({ rates: [{ requests: 1, per: "second" }] });
    const anthropic = new Anthropic({ baseURL: `${opened.gateway.url}/anthropic`, apiKey: aliceKey, authToken: null });
    const openai = new OpenAI({ baseURL: `${opened.gateway.url}/openai/v1`, apiKey: aliceKey });
    const calls = [
      () => anthropic.messages.create({ model: "claude-sonnet-4-6", max_tokens: 99, messages }),
      () => openai.chat.completions.create({ model: "claude-sonnet-4-6", max_tokens: 99, messages }),
      () => openai.responses.create({ model: "claude-sonnet-4-6", max_output_tokens: 99, input: "hi" }),
    ];
    const waits: number[] = [];
    for (const call of calls) {
      // Whatever came before, there is room for none now.
      while ((await post(opened.gateway.url, ask(false))).status === 200);
      const before = opened.gateway.exchanges().length;
      const beganMs = performance.now();
      await call();
      expect(performance.now() - beganMs).toBeLessThan(20_000);
      const statuses = (): unknown[] =>
        opened.gateway
          .exchanges()
          .slice(before)
          .map((line) => line["status"]);
      await opened.gateway.printed(() => statuses().includes(200));
      waits.push(statuses().filter((status) => status === 429).length);
    }
    // On a slow machine there may be room again before the first try.
    expect(Math.max(...waits)).toBe(1);
  });

  test("of a day is final for a client that would wait for it", async () => {
    await using opened = await scene({ rates: [{ requests: 1, per: "day" }] });
    await post(opened.gateway.url, ask(false));
    const refused = await post(opened.gateway.url, ask(false));
    expect(refused).toMatchObject({ status: 429, error: { type: "rate_limit_error" } });
    expect([refused.headers.get("retry-after"), refused.headers.get("x-should-retry")]).toEqual([null, "false"]);
  });

  test("R-02: of tokens counts what was used, not what was held", async () => {
    await using opened = await scene({ rates: [{ totalTokens: 5_000, per: "hour" }] });
    for (let count = 0; count < 20; count += 1) {
      expect(await post(opened.gateway.url, ask(true))).toMatchObject({ status: 200 });
    }
  });
});

describe("requests at the same time", () => {
  test("R-06: are no more than may be, and free their places however they end", async () => {
    const all = Promise.withResolvers<void>();
    await using opened = await openLimitScene(
      (upstream) => limitedConfig(upstream, { keys: [{ ...key, parallel: 3 }] }),
      {
        script: async ({ call }) => {
          await all.promise;
          return { text: "Hello.", ...(call % 2 === 0 && { fault: { kind: "truncated", afterEvents: 1 } }) };
        },
      },
    );
    const asked = Promise.all(Array.from({ length: 9 }, () => post(opened.gateway.url, ask(true))));
    const refused = (): number => opened.gateway.exchanges().filter(({ status }) => status === 429).length;
    await expect.poll(() => opened.upstream.calls.length + refused()).toBe(9);
    all.resolve();
    expect((await asked).filter(({ status }) => status === 429)).toHaveLength(6);
    const after = await post(opened.gateway.url, ask(true));
    expect(after.status).not.toBe(429);
    expect(await lineOf(opened.gateway, after)).toBeDefined();
  });
});
