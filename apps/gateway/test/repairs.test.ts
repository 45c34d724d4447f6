import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, lineOf, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

let upstream: FakeProvider;
let gateway: GatewayProcess;

/** Refuses what some reasoning models refuse, in OpenAI's words, one thing at a time. */
beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["picky", "narrow", "stubborn", "older"],
    script: () => ({ text: "ok" }),
    refusal({ operation, body }) {
      const request = body as {
        model?: string;
        temperature?: number;
        max_tokens?: number;
        thinking?: { type?: string };
      };
      if (operation !== "create") return undefined;
      const error = (message: string, param: string): { error: object } => ({
        error: { message, param, type: "invalid_request_error", code: "unsupported_value" },
      });
      if (request.model === "picky" && request.temperature !== undefined) {
        const raw = JSON.stringify(
          error(
            "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
            "temperature",
          ),
        );
        return { kind: "http-error", status: 400, body: { raw } };
      }
      if (request.model === "narrow" && (request.max_tokens ?? 0) > 8_192) {
        const raw = JSON.stringify(
          error(
            "max_tokens is too large: 32000. This model supports at most 8192 completion tokens, whereas you provided 32000.",
            "max_tokens",
          ),
        );
        return { kind: "http-error", status: 400, body: { raw } };
      }
      if (request.model === "older" && request.thinking?.type === "adaptive") {
        return { kind: "http-error", status: 400, message: "adaptive thinking is not supported on this model" };
      }
      return request.model === "stubborn" ? { kind: "http-error", status: 400, message: "no" } : undefined;
    },
  });
  gateway = await startGateway({
    providers: {
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey },
      claude: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey },
    },
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

test.each([
  ["ERR-18: a parameter that a model refuses", "gpu/picky", { temperature: 0.5 }, "temperature", undefined],
  ["PR-02: an output limit above a model's own", "gpu/narrow", { max_tokens: 32_000 }, "max_tokens", 8_192],
])("%s is repaired once, and the next request goes out right at once", async (...row) => {
  const [, model, more, field, sent] = row;
  const before = upstream.calls.length;
  const first = await post(gateway.url, ask(true, { model, ...more }));
  expect(first.status).toBe(200);
  expect(await lineOf(gateway, first)).toMatchObject({ outcome: "ok", attempts: 2 });
  const body = upstream.calls.at(-1)?.body as Record<string, unknown> | undefined;
  expect(body?.[field]).toBe(sent);
  expect(body?.["model"]).toBe(model.slice("gpu/".length));
  const second = await post(gateway.url, ask(true, { model, ...more }));
  expect(second.status).toBe(200);
  expect(await lineOf(gateway, second)).toMatchObject({ outcome: "ok", attempts: 1 });
  expect(upstream.calls.length - before).toBe(3);
});

test("EP-07: a refusal that no change of the request would heal is told after one attempt", async () => {
  const before = upstream.calls.length;
  const got = await post(gateway.url, ask(true, { model: "gpu/stubborn" }));
  expect(got).toMatchObject({ status: 400, error: { type: "invalid_request_error" } });
  expect(upstream.calls.length - before).toBe(1);
});

test("TK-13: OpenAI's clients reason on a Claude that knows budgets only, and from then on at once", async () => {
  const request = {
    model: "claude/older",
    max_tokens: 8_000,
    reasoning_effort: "high",
    messages: [{ role: "user", content: "hi" }],
  };
  for (const attempts of [2, 1]) {
    const before = upstream.calls.length;
    const got = await post(gateway.url, request, { path: "/openai/v1/chat/completions" });
    expect(got.status).toBe(200);
    expect(upstream.calls.length - before).toBe(attempts);
    expect(upstream.calls.at(-1)?.body).toMatchObject({ thinking: { type: "enabled", budget_tokens: 7_999 } });
  }
});
