import { expect, test } from "vitest";
import { createProvider } from "./create-provider.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { Secret } from "./secret.ts";
import { type ProviderRequest, sendToProvider } from "./send-to-provider.ts";
import { fakeDialects } from "./test/fake-dialects.ts";
import { reach } from "./test/reach.ts";
import type { Call, Reply } from "./transport.ts";

/** Sends one request, which is answered with this status, and gives what the transport got. */
async function sent(
  name: string,
  settings: ProviderSettings,
  { status = 200, ...request }: Partial<ProviderRequest> & { readonly status?: number },
): Promise<Call> {
  const calls: Call[] = [];
  const transport = {
    send(call: Call): Promise<Reply> {
      calls.push(call);
      return Promise.resolve({ status, headers: { date: "now" }, body: new ReadableStream<Uint8Array>() });
    },
    close: () => Promise.resolve(),
  };
  const provider = createProvider(name, settings, { transport, dialects: fakeDialects() });
  const way = reach(provider, "some-model");
  const path = way.endpoint.dialect.paths.create;
  const signal = new AbortController().signal;
  await sendToProvider(provider, { ...way, path, body: new Uint8Array([1]), headers: {}, signal, ...request });
  const [call] = calls;
  if (call === undefined) throw new Error("nothing was sent");
  return call;
}

const apiKey = new Secret("sk-upstream");
const clientHeaders = {
  "x-api-key": "db-client-key",
  authorization: "Bearer db-client-key",
  cookie: "session=1",
  host: "gateway:8080",
  "content-length": "99",
  "anthropic-beta": ["a", "b"],
  "anthropic-version": "2024-01-01",
  "x-forwarded-for": "10.1.1.1",
};

test("BR-03 BR-08: a native provider gets the client's version, betas and query, and the gateway's credential", async () => {
  const call = await sent("anthropic", { apiKey }, { headers: clientHeaders, query: "beta=true" });
  expect(call).toMatchObject({ method: "POST", url: "https://api.anthropic.com/v1/messages?beta=true" });
  expect(call.headers).toEqual({
    "content-type": "application/json",
    accept: "application/json",
    "anthropic-version": "2024-01-01",
    "anthropic-beta": "a, b",
    "x-api-key": "sk-upstream",
  });
});

test("EP-10: a native provider gets the required version when the client sent none", async () => {
  const call = await sent("anthropic", { apiKey }, {});
  expect(call.headers["anthropic-version"]).toBe("2023-06-01");
  expect(call.url).toBe("https://api.anthropic.com/v1/messages");
});

test("BR-08: an OpenAI-compatible provider gets no query of the client's", async () => {
  const call = await sent("groq", { apiKey }, { query: "?beta=true" });
  expect(call.url).toBe("https://api.groq.com/openai/v1/chat/completions");
  expect(call.headers["authorization"]).toBe("Bearer sk-upstream");
});

test.each(["?beta=true", "beta=true"])("the query %s is joined with one question mark", async (query) => {
  expect((await sent("anthropic", { apiKey }, { query })).url).toMatch(/messages\?beta=true$/);
});

test("no header of the client replaces a configured one", async () => {
  const settings = { apiKey, headers: { "anthropic-version": "2023-01-01" } };
  const call = await sent("anthropic", settings, { headers: clientHeaders });
  expect(call.headers).toMatchObject({ "anthropic-version": "2023-01-01", "x-api-key": "sk-upstream" });
});

test("what the translation says of betas goes instead of the client's own words, or takes them away", async () => {
  const chosen = await sent("anthropic", { apiKey }, { headers: clientHeaders, betaHeader: "a" });
  expect(chosen.headers["anthropic-beta"]).toBe("a");
  const none = await sent("anthropic", { apiKey }, { headers: clientHeaders, betaHeader: "" });
  expect(none.headers).not.toHaveProperty("anthropic-beta");
});

test("a credential that has to be fetched is waited for and sees the call as it goes out", async () => {
  const seen: Call[] = [];
  const authorize = (call: Call) => {
    seen.push(call);
    return Promise.resolve({ authorization: "Bearer fetched" });
  };
  const credential = { name: "cloud", weight: 1, region: undefined, serves: () => true, authorize };
  const call = await sent("openai", { apiKey }, { credential });
  expect(call.headers["authorization"]).toBe("Bearer fetched");
  expect(seen).toMatchObject([{ method: "POST", url: call.url, body: call.body }]);
});

test("a credential that throws at once is told like one that fails later", async () => {
  const authorize = (): never => {
    throw new Error("nothing to authorise with");
  };
  const credential = { name: "cloud", weight: 1, region: undefined, serves: () => true, authorize };
  await expect(sent("openai", { apiKey }, { credential })).rejects.toThrow("nothing to authorise with");
});

test("a credential hears of its refusals, and of nothing else", async () => {
  const heard: (string | undefined)[] = [];
  const credential = {
    name: "cloud",
    weight: 1,
    region: undefined,
    serves: () => true,
    authorize: () => ({}),
    refused: ({ headers }: Pick<Reply, "headers">) => void heard.push(headers["date"]),
  };
  for (const status of [200, 400, 429, 500]) await sent("openai", { apiKey }, { credential, status });
  expect(heard).toEqual([]);
  for (const status of [401, 403]) await sent("openai", { apiKey }, { credential, status });
  expect(heard).toEqual(["now", "now"]);
});
