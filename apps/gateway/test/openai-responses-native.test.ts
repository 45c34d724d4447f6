import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const recording = readFileSync(
  new URL("../../../packages/translator/fixtures/streams/openai-responses/web-search.sse", import.meta.url),
);
const model = "cloud/gpt-x";
const whole = {
  id: "resp_up1",
  object: "response",
  created_at: 1_760_000_000,
  status: "completed",
  model: "gpt-x-2026-08-07",
  error: null,
  incomplete_details: null,
  output: [
    { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAAAB" },
    { id: "ci_1", type: "code_interpreter_call", status: "completed", code: "1+1", container_id: "c", outputs: null },
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "2", annotations: [], logprobs: [] }],
    },
  ],
  previous_response_id: "resp_up0",
  service_tier: "flex",
  store: true,
  usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 5, total_tokens: 105 },
};

let openai: Server;
let gateway: GatewayHere;
let client: OpenAI;
let seen: Seen[] = [];
let answer: (response: ServerResponse) => void;

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const stream = (response: ServerResponse, body: Uint8Array | string): void => {
  response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
};

beforeAll(async () => {
  openai = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      if (request.method !== "POST") return json(response, 404, { error: { message: "no such thing" } });
      seen.push({ path: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => void openai.listen(0, "127.0.0.1", resolve));
  const address = openai.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  gateway = await startGatewayHere({
    providers: { cloud: { kind: "openai-responses", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: upstreamKey } },
    keys: [{ name: "alice", value: aliceKey }],
  });
  client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: aliceKey, maxRetries: 0 });
});
beforeEach(() => {
  seen = [];
  answer = (response) => json(response, 200, whole);
});
afterAll(async () => {
  await gateway?.close();
  openai?.closeAllConnections();
  openai?.close();
});

describe("OpenAI's SDK over a provider of Responses", () => {
  const params = {
    model,
    input: "And one more?",
    previous_response_id: "resp_up0",
    store: true,
    service_tier: "flex",
    truncation: "auto",
    background: false,
    tools: [{ type: "code_interpreter", container: { type: "auto" } }],
    include: ["code_interpreter_call.outputs"],
  } satisfies OpenAI.Responses.ResponseCreateParamsNonStreaming;

  test("sends its own request on, and reads the provider's own answer", async () => {
    const response = await client.responses.create(params);
    expect(seen).toMatchObject([{ path: "/v1/responses", headers: { authorization: `Bearer ${upstreamKey}` } }]);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ ...params, model: "gpt-x" });
    expect(response).toMatchObject({ ...whole, model, output_text: "2" });
    expect(gateway.exchanges().at(-1)).toMatchObject({
      outcome: "ok",
      input_tokens: 20,
      cache_read_tokens: 80,
      output_tokens: 5,
      dropped: [],
    });
  });

  test("reads a stream event by event, built-in tools included", async () => {
    answer = (response) => stream(response, recording);
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create({ ...params, stream: true })) events.push(event);
    const types = recording.toString("utf8").match(/(?<=^event: ).*$/gm);
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(types).toContain("response.web_search_call.searching");
    const last = events.at(-1);
    expect(last).toMatchObject({ type: "response.completed", response: { id: "resp_0f1", model } });
    expect(gateway.exchanges().at(-1)).toMatchObject({ outcome: "ok", stream: true });
  });

  test("reads an answer that came whole as a stream", async () => {
    const response = await client.responses.stream({ ...params, stream: true }).finalResponse();
    expect(response).toMatchObject({ id: "resp_up1", model, output: whole.output, output_text: "2" });
  });

  test("is told of a refusal in the provider's words", async () => {
    const message = "Previous response with id 'resp_up0' not found.";
    answer = (response) =>
      json(response, 400, {
        error: {
          message,
          type: "invalid_request_error",
          param: "previous_response_id",
          code: "previous_response_not_found",
        },
      });
    await expect(client.responses.create(params)).rejects.toThrow(OpenAI.BadRequestError);
    await expect(client.responses.create(params)).rejects.toThrow(message);
  });

  test("is told of a stream that breaks", async () => {
    const cut = recording.subarray(0, recording.indexOf("event: response.completed"));
    answer = (response) => stream(response, cut);
    await expect(client.responses.stream({ ...params, stream: true }).finalResponse()).rejects.toThrow(
      "ended before the answer was complete",
    );
    expect(gateway.exchanges().at(-1)).toMatchObject({ outcome: "truncated" });
  });

  test("cannot have an answer made in the background, or fetched or deleted later", async () => {
    const later = client.responses.create({ ...params, background: true });
    await expect(later).rejects.toThrow(OpenAI.BadRequestError);
    await expect(later).rejects.toThrow("cannot be fetched later");
    for (const call of [client.responses.retrieve("resp_up1"), client.responses.delete("resp_up1")]) {
      await expect(call).rejects.toThrow(OpenAI.NotFoundError);
      await expect(call).rejects.toThrow("answers are given once and not kept here");
    }
    expect(seen).toEqual([]);
  });
});
