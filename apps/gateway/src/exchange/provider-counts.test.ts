import type { Endpoint } from "@drawbridge/providers";
import { anthropicMessages } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { createProviderCounts, type CountQuestion, type ProviderCounts } from "./provider-counts.ts";

const endpoint = (): Endpoint => ({
  dialect: anthropicMessages,
  target: { model: "m" },
  baseUrl: "http://p",
  query: "",
  headers: {},
});

/** A provider that answers with what `answer` says at that moment, and the clock that it is asked by. */
function provider(first: { status: number; body: string } | Error) {
  const state = { answer: first, asked: 0, now: 0 };
  const counts = createProviderCounts(() => state.now);
  const place = endpoint();
  const gone = new AbortController();
  const question: CountQuestion = {
    signal: gone.signal,
    async send() {
      state.asked += 1;
      await Promise.resolve();
      if (state.answer instanceof Error) throw state.answer;
      const { status, body } = state.answer;
      return { status, body: one(body) };
    },
  };
  const ask = (): ReturnType<ProviderCounts["ask"]> => counts.ask(place, question);
  return { state, ask, counts, question, gone };
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const counted = { status: 200, body: '{"input_tokens":12}' };

test("CT-03: a provider that counts answers every question of a burst", async () => {
  const { state, ask } = provider(counted);
  expect(await Promise.all(Array.from({ length: 35 }, ask))).toEqual(
    Array.from({ length: 35 }, () => ({ input_tokens: 12 })),
  );
  expect(state.asked).toBe(35);
});

test.each([401, 403, 404, 405, 501])(
  "CT-03: one that answers %i is asked once in a burst and again five minutes later",
  async (status) => {
    const { state, ask } = provider({ status, body: "no" });
    expect(new Set(await Promise.all(Array.from({ length: 35 }, ask)))).toEqual(new Set([undefined]));
    expect(state.asked).toBe(1);
    state.now = 299_999;
    await ask();
    expect(state.asked).toBe(1);
    state.now = 300_000;
    state.answer = counted;
    expect(await ask()).toEqual({ input_tokens: 12 });
  },
);

test.each([
  ["a refusal", { status: 400, body: '{"message":"The provided model doesn\'t support counting tokens."}' }],
  ["a limit", { status: 429, body: "{}" }],
  ["a server error", { status: 500, body: "" }],
  ["another answer", { status: 200, body: '{"ok":true}' }],
  ["a web page", { status: 200, body: "<html>" }],
  ["silence", new Error("timed out")],
])("after %s it is left alone for half a minute", async (_, answer) => {
  const { state, ask } = provider(answer);
  expect(await ask()).toBeUndefined();
  state.answer = counted;
  state.now = 29_999;
  expect(await ask()).toBeUndefined();
  state.now = 30_000;
  expect(await ask()).toEqual({ input_tokens: 12 });
});

test("the refusal of one request says nothing about the next, where counting works", async () => {
  const { state, ask } = provider(counted);
  await ask();
  state.answer = { status: 400, body: "{}" };
  expect(await ask()).toBeUndefined();
  state.answer = counted;
  expect(await ask()).toEqual({ input_tokens: 12 });
});

test("a client that leaves teaches nothing about the provider", async () => {
  const { state, ask, gone } = provider(new Error("aborted"));
  gone.abort();
  expect(await ask()).toBeUndefined();
  state.answer = counted;
  expect(await ask()).toEqual({ input_tokens: 12 });
});

test("what is known of one endpoint says nothing about another", async () => {
  const { state, ask, counts, question } = provider({ status: 404, body: "" });
  await ask();
  state.answer = counted;
  expect(await counts.ask(endpoint(), question)).toEqual({ input_tokens: 12 });
});
