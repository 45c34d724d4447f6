import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider.ts";
import type { FakeDialect } from "./seen-request.ts";

interface Speech {
  readonly dialect: FakeDialect;
  /** Under the dialect's base URL. */
  readonly create: string;
  readonly models: string;
  readonly body: object;
  readonly keyHeader: string;
  readonly wrongKeyStatus: number;
  /** What only the event has that ends an answer. */
  readonly ending: string;
}

const hi = { role: "user", content: "hi" };
const speeches: readonly Speech[] = [
  {
    dialect: "openai-responses",
    create: "/responses",
    models: "/models",
    body: { model: "fake-model", input: [hi], stream: true },
    keyHeader: "authorization",
    wrongKeyStatus: 401,
    ending: "response.completed",
  },
  {
    dialect: "gemini",
    create: "/models/fake-model:streamGenerateContent?alt=sse",
    models: "/models",
    body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
    keyHeader: "x-goog-api-key",
    wrongKeyStatus: 400,
    ending: "finishReason",
  },
  {
    dialect: "bedrock-converse",
    create: "/model/fake-model/converse-stream",
    models: "/foundation-models",
    body: { messages: [{ role: "user", content: [{ text: "hi" }] }] },
    keyHeader: "authorization",
    wrongKeyStatus: 403,
    ending: "stopReason",
  },
];

let provider: FakeProvider;
let script: Answer;
beforeAll(async () => {
  provider = await startFakeProvider({ apiKey: "sk-fake", script: () => script });
});
beforeEach(() => {
  script = { text: "a long enough answer for several events" };
});
afterAll(async () => await provider?.close());

describe.each(speeches)("$dialect", ({ dialect, create, models, body, keyHeader, wrongKeyStatus, ending }) => {
  const url = (path: string) => `${provider.baseUrlFor(dialect)}${path}`;
  const headers = (key = "sk-fake") => ({ [keyHeader]: keyHeader === "authorization" ? `Bearer ${key}` : key });
  const post = (key?: string) =>
    fetch(url(create), { method: "POST", body: JSON.stringify(body), headers: headers(key) });

  test("reads dialect, model and stream where the dialect has them", async () => {
    await (await post()).arrayBuffer();
    expect(provider.calls.at(-1)).toMatchObject({ dialect, model: "fake-model", stream: true, assistantTurns: 0 });
  });

  test("refuses a wrong key as the vendor does", async () => {
    expect((await post("wrong")).status).toBe(wrongKeyStatus);
  });

  test("lists its models", async () => {
    const list = await (await fetch(url(models), { headers: headers() })).text();
    expect(list).toContain("fake-model");
  });

  test("leaves its ending out when told to", async () => {
    expect(await (await post()).text()).toContain(ending);
    script = { ...script, fault: { kind: "no-finish" } };
    expect(await (await post()).text()).not.toContain(ending);
  });

  test("breaks off where told, and sends an error in place of an answer", async () => {
    const whole = await (await post()).bytes();
    script = { ...script, fault: { kind: "truncated", afterEvents: 2 } };
    const cut = await (await post()).bytes();
    expect(whole.subarray(0, cut.length).length).toBe(cut.length);
    expect(cut.length).toBeLessThan(whole.length);
    script = { ...script, fault: { kind: "error-before-content", message: "tide too low" } };
    const error = await (await post()).text();
    expect(error).toContain("tide too low");
    expect(error).not.toContain(ending);
  });

  test("cuts its bytes into pieces of any size", async () => {
    script = { ...script, chunkBytes: 7 };
    const pieces = await (await post()).text();
    script = { text: "a long enough answer for several events" };
    expect(pieces.replaceAll(/fake_\d+/g, "")).toBe((await (await post()).text()).replaceAll(/fake_\d+/g, ""));
  });
});
