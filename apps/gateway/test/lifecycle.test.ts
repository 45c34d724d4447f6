import { once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type Answer, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { atOnceMs } from "./support/at-once.ts";
import { ask, post, readEvents, type StreamedEvent, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

let answer: Answer | Promise<Answer>;
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
  beforeAll(async () => {
    gateway = await startGateway(config({ ping: "150ms" }));
  });
  afterAll(() => gateway.close());

  /** All events of a stream whose upstream answers once so many pings have been heard. */
  async function answerAfterPings(pings: number, late: Answer): Promise<readonly StreamedEvent[]> {
    const thinking = Promise.withResolvers<Answer>();
    answer = thinking.promise;
    let text = "";
    for await (const piece of (await open(gateway.url)) as AsyncIterable<Buffer>) {
      text += piece.toString();
      if (text.split("event: ping").length > pings) thinking.resolve(late);
    }
    return readEvents(text);
  }

  test("STR-30 STR-31: pings a client whose upstream thinks, sends the head at once with the first ping, and then the answer", async () => {
    const types = (await answerAfterPings(2, { text: "At last." })).map(({ type }) => type);
    expect(types.filter((type) => type === "ping").length).toBeGreaterThanOrEqual(2);
    expect(types.at(-1)).toBe("message_stop");
  });

  test("tells a failure after the first ping as an error event", async () => {
    const events = await answerAfterPings(1, { fault: { kind: "reset-before-head" } });
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "api_error" } });
  });

  test("STR-33: closes the upstream at once when the client leaves", async () => {
    answer = { text: "word ".repeat(10_000), deltaChars: 5, gapMs: 10 };
    const stream = await open(gateway.url);
    await new Promise((resolve) => stream.once("data", resolve));
    const left = performance.now();
    stream.destroy();
    await upstream.until(({ calls }) => calls.at(-1)?.abandonedAt !== undefined);
    expect((upstream.calls.at(-1)?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
    await gateway.printed(() => gateway.exchanges().at(-1)?.["outcome"] === "cancelled");
  });

  test("closes the upstream when the client leaves before the first byte", async () => {
    answer = { fault: { kind: "silence-before-head" } };
    const asked = upstream.calls.length;
    const call = httpRequest(`${gateway.url}/v1/messages`, { method: "POST", headers: { "x-api-key": aliceKey } });
    call.on("error", () => undefined);
    call.end(JSON.stringify(ask(true)));
    await upstream.until(({ calls }) => calls.length > asked);
    const left = performance.now();
    call.destroy();
    await upstream.until(({ calls }) => calls.at(-1)?.abandonedAt !== undefined);
    expect((upstream.calls.at(-1)?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
  });

  test("notes a client that leaves while it sends its request, and nothing worse", async () => {
    // Told to go on, it knows that the gateway is reading.
    const headers = { "x-api-key": aliceKey, "content-length": 1_000, expect: "100-continue" };
    const call = httpRequest(`${gateway.url}/v1/messages`, { method: "POST", headers });
    call.on("error", () => undefined);
    call.flushHeaders();
    await once(call, "continue");
    call.write('{"model":');
    call.destroy();
    const noted = { outcome: "cancelled", failure_kind: "body-incomplete" };
    await expect.poll(() => gateway.exchanges()).toContainEqual(expect.objectContaining(noted));
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
});

describe("whose configuration changes, a gateway", () => {
  beforeEach(async () => {
    gateway = await startGateway(config());
  });
  afterEach(() => gateway.close());

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
    gateway = await startGateway(config({ notice: "0s", ping: "150ms" }));
    const text = "A text that takes its time to arrive in full.";
    const thinking = Promise.withResolvers<Answer>();
    answer = thinking.promise;
    const stream = await open(gateway.url);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    gateway.signal("SIGTERM");
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    const refused = await post(gateway.url, ask(true));
    expect(refused).toMatchObject({ status: 503, error: { type: "overloaded_error" } });
    thinking.resolve({ text, gapMs: 10 });
    const got = { events: readEvents((await stream.toArray()).join("")) };
    expect(streamedText({ ...refused, ...got })).toBe(text);
    expect(got.events.at(-1)?.type).toBe("message_stop");
    expect(await gateway.ended).toBe(0);
    await gateway.close();
  });

  test("waits no longer than it was told to, and tells those whose answers it cuts off to ask again", async () => {
    gateway = await startGateway(config({ notice: "0s", drain: "300ms" }));
    answer = { text: "never to be heard in full", gapMs: 60_000 };
    const stream = await open(gateway.url);
    const asked = upstream.calls.length;
    answer = { delayMs: 60_000 };
    const silent = post(gateway.url, ask(false));
    await upstream.until(({ calls }) => calls.length > asked);
    const began = performance.now();
    gateway.signal("SIGTERM");
    const heard = readEvents((await stream.toArray()).join("")).at(-1);
    expect(heard).toMatchObject({ type: "error", error: { type: "overloaded_error", message: /ask again/ } });
    expect(await silent).toMatchObject({ status: 503, error: { type: "overloaded_error" } });
    expect(await gateway.ended).toBe(0);
    // Each of the two answers would have taken a minute.
    expect(performance.now() - began).toBeLessThan(20_000);
    const outcomes = gateway
      .exchanges()
      .map(({ outcome, failure_kind: kind }) => `${String(outcome)}: ${String(kind)}`);
    expect(outcomes.toSorted()).toEqual(["refused: draining", "truncated: overloaded"]);
    expect(upstream.calls.at(-1)?.abandonedAt).toBeDefined();
    await gateway.close();
  });

  test("goes on as before while load balancers notice that it is not ready, and closes the connections that it answers on", async () => {
    gateway = await startGateway(config({ notice: "4s" }));
    const text = "Still here.";
    answer = { text };
    gateway.signal("SIGTERM");
    const began = performance.now();
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    const got = await post(gateway.url, ask(true));
    expect(streamedText(got)).toBe(text);
    expect(got.headers.get("connection")).toBe("close");
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(3_800);
    await gateway.close();
  });

  test.each(["SIGTERM", "SIGINT"] as const)("leaves at once at a second %s", async (name) => {
    gateway = await startGateway(config());
    answer = { text: "never to be heard in full", gapMs: 60_000 };
    const stream = await open(gateway.url);
    stream.on("error", () => undefined);
    gateway.signal(name);
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    gateway.signal(name);
    expect(await gateway.ended).toBe(1);
    await gateway.close();
  });
});
