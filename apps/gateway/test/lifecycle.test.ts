import { readFile, rename, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type Answer, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask, post, readEvents, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

let answer: Answer;
let upstream: FakeProvider;
let gateway: GatewayProcess;

const config = (server: object = {}): Readonly<Record<string, unknown>> => ({
  server,
  providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey } },
  models: [{ match: "claude-*", target: "gpu/qwen3-coder" }],
  keys: [{ name: "alice", value: aliceKey }],
});

/** Opens a streamed answer and leaves reading to the test. */
function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${url}/v1/messages`, { method: "POST", headers: { "x-api-key": aliceKey } }, resolve);
    call.on("error", reject);
    call.end(JSON.stringify(ask(true)));
  });
}

beforeAll(async () => {
  upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], script: () => answer });
});
afterAll(() => upstream?.close());
beforeEach(() => {
  answer = { text: "A text long enough for several events of a stream." };
});

describe("while it runs, a gateway", () => {
  beforeEach(async () => {
    gateway = await startGateway(config({ ping: "150ms" }));
  });
  afterEach(() => gateway.close());

  test("STR-30 STR-31: pings a client whose upstream thinks, sends the head at once with the first ping, and then the answer", async () => {
    answer = { ...answer, delayMs: 700 };
    const began = performance.now();
    const stream = await open(gateway.url);
    expect(performance.now() - began).toBeLessThan(600);
    const text = (await stream.toArray()).join("");
    const types = readEvents(text).map(({ type }) => type);
    expect(types.filter((type) => type === "ping").length).toBeGreaterThanOrEqual(2);
    expect(types.at(-1)).toBe("message_stop");
  });

  test("tells a failure after the first ping as an error event", async () => {
    answer = { delayMs: 500, fault: { kind: "reset-before-head" } };
    const got = await post(gateway.url, ask(true));
    expect(got).toMatchObject({ status: 200, error: { type: "api_error" } });
    expect(got.events.at(-1)?.type).toBe("error");
  });

  test("STR-33: closes the upstream within 100 ms when the client leaves", { retry: 2 }, async () => {
    answer = { text: "word ".repeat(500), deltaChars: 5, gapMs: 10 };
    const stream = await open(gateway.url);
    await new Promise((resolve) => stream.once("data", resolve));
    const left = performance.now();
    stream.destroy();
    await upstream.until(({ calls }) => calls.at(-1)?.abandonedAt !== undefined);
    expect((upstream.calls.at(-1)?.abandonedAt ?? Infinity) - left).toBeLessThan(100);
    await gateway.printed(() => gateway.exchanges().at(-1)?.["outcome"] === "cancelled");
  });

  test("closes the upstream when the client leaves before the first byte", { retry: 2 }, async () => {
    answer = { fault: { kind: "silence-before-head" } };
    const asked = upstream.calls.length;
    const call = httpRequest(`${gateway.url}/v1/messages`, { method: "POST", headers: { "x-api-key": aliceKey } });
    call.on("error", () => undefined);
    call.end(JSON.stringify(ask(true)));
    await upstream.until(({ calls }) => calls.length > asked);
    const left = performance.now();
    call.destroy();
    await upstream.until(({ calls }) => calls.at(-1)?.abandonedAt !== undefined);
    expect((upstream.calls.at(-1)?.abandonedAt ?? Infinity) - left).toBeLessThan(100);
  });

  test("notes a client that leaves while it sends its request, and nothing worse", async () => {
    const headers = { "x-api-key": aliceKey, "content-length": 1_000 };
    const call = httpRequest(`${gateway.url}/v1/messages`, { method: "POST", headers });
    call.on("error", () => undefined);
    call.write('{"model":');
    await new Promise((resolve) => setTimeout(resolve, 100));
    call.destroy();
    await gateway.printed(() => gateway.exchanges().length > 0);
    expect(gateway.exchanges().at(-1)).toMatchObject({ outcome: "cancelled", failure_kind: "body-incomplete" });
    expect(gateway.output()).not.toContain("defect");
  });

  test("FR-13: reads the upstream no faster than a slow client takes it", async () => {
    const size = 24 * 1024 * 1024;
    answer = { text: "x".repeat(size), deltaChars: 64 * 1024 };
    const stream = await open(gateway.url);
    stream.pause();
    let over = false;
    void upstream.calls.at(-1)?.ended.then(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // Nothing was read here, so what the upstream could get rid of sits in socket buffers only.
    expect(over).toBe(false);
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(size);
  });

  test("swaps a valid configuration in on a change of the file, and keeps the old one when it is invalid", async () => {
    const changed = { ...config(), models: [{ match: "team-model", target: "gpu/qwen3-coder" }] };
    await writeFile(`${gateway.configFile}.new`, JSON.stringify(changed));
    await rename(`${gateway.configFile}.new`, gateway.configFile);
    await gateway.printed(() => gateway.output().includes("configuration reloaded"));
    expect(await post(gateway.url, { ...ask(false), model: "team-model" })).toMatchObject({ status: 200 });
    expect(await post(gateway.url, ask(false))).toMatchObject({ status: 400 });

    await writeFile(gateway.configFile, "providers: { gpu: { knid: openai-chat } }");
    await gateway.printed(() => gateway.output().includes("configuration refused"));
    expect(gateway.output()).toContain("kind");
    expect(await post(gateway.url, { ...ask(false), model: "team-model" })).toMatchObject({ status: 200 });
  });

  test("reads its configuration again on SIGHUP", async () => {
    gateway.signal("SIGHUP");
    await gateway.printed(() => gateway.output().includes("configuration reloaded"));
    expect(await readFile(gateway.configFile, "utf8")).toContain("qwen3-coder");
  });
});

describe("told to stop, a gateway", () => {
  test("is not ready at once, finishes the streams in flight and then leaves", async () => {
    gateway = await startGateway(config({ notice: "0s" }));
    answer = { text: "A text that takes its time to arrive in full.", gapMs: 60 };
    const stream = await open(gateway.url);
    await new Promise((resolve) => stream.once("readable", resolve));
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    gateway.signal("SIGTERM");
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    const refused = await post(gateway.url, ask(true));
    expect(refused).toMatchObject({ status: 503, error: { type: "overloaded_error" } });
    const got = { events: readEvents((await stream.toArray()).join("")) };
    expect(streamedText({ ...refused, ...got })).toBe(answer.text);
    expect(got.events.at(-1)?.type).toBe("message_stop");
    expect(await gateway.ended).toBe(0);
    await gateway.close();
  });

  test("waits no longer than it was told to, and tells those whose answers it cuts off to ask again", async () => {
    gateway = await startGateway(config({ notice: "0s", drain: "300ms" }));
    answer = { text: "never to be heard in full", gapMs: 2_000 };
    const stream = await open(gateway.url);
    const asked = upstream.calls.length;
    answer = { delayMs: 10_000 };
    const silent = post(gateway.url, ask(false));
    await upstream.until(({ calls }) => calls.length > asked);
    const began = performance.now();
    gateway.signal("SIGTERM");
    const heard = readEvents((await stream.toArray()).join("")).at(-1);
    expect(heard).toMatchObject({ type: "error", error: { type: "overloaded_error", message: /ask again/ } });
    expect(await silent).toMatchObject({ status: 503, error: { type: "overloaded_error" } });
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - began).toBeLessThan(3_000);
    const outcomes = gateway
      .exchanges()
      .map(({ outcome, failure_kind: kind }) => `${String(outcome)}: ${String(kind)}`);
    expect(outcomes.toSorted()).toEqual(["refused: draining", "truncated: overloaded"]);
    expect(upstream.calls.at(-1)?.abandonedAt).toBeDefined();
    await gateway.close();
  });

  test("goes on as before while load balancers notice that it is not ready, and closes the connections that it answers on", async () => {
    gateway = await startGateway(config({ notice: "1500ms" }));
    gateway.signal("SIGTERM");
    const began = performance.now();
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    const got = await post(gateway.url, ask(true));
    expect(streamedText(got)).toBe(answer.text);
    expect(got.headers.get("connection")).toBe("close");
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(1_300);
    await gateway.close();
  });

  test.each(["SIGTERM", "SIGINT"] as const)("leaves at once at a second %s", async (name) => {
    gateway = await startGateway(config());
    answer = { text: "never to be heard in full", gapMs: 2_000 };
    const stream = await open(gateway.url);
    stream.on("error", () => undefined);
    gateway.signal(name);
    await new Promise((resolve) => setTimeout(resolve, 100));
    gateway.signal(name);
    expect(await gateway.ended).toBe(1);
    await gateway.close();
  });
});
