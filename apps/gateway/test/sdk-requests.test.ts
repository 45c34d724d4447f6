import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { type GenerateContentParameters, GoogleGenAI } from "@google/genai";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { png } from "./support/png.ts";
import { upstreamKey } from "./support/scenario.ts";
import { anthropicSdk } from "./support/sdk/anthropic-sdk.ts";
import { configForEach } from "./support/sdk/upstream-dialects.ts";

// What the gateway sends is sent again by the vendor's own client: the bodies and the paths are the same.

const image = Buffer.from(png(4, [255, 0, 0])).toString("base64");
const goldens = path.resolve(import.meta.dirname, "../../../packages/translator/fixtures/requests");
let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    // Of the requests on file it is the writing that counts here; their thinking was signed by nobody.
    strict: false,
    script: ({ assistantTurns }) =>
      assistantTurns > 0
        ? { thinking: "Both are there.", text: "Both read." }
        : {
            thinking: "Two files.",
            text: "I read them.",
            toolCalls: ["/a", "/red.png"].map((file) => ({ name: "read_file", input: { path: file } })),
          },
  });
  gateway = await startGatewayHere(configForEach(upstream));
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** The requests of a conversation with thinking, two calls, an image among the results and a further question. */
async function requestsOver(dialect: SeenRequest["dialect"]): Promise<readonly SeenRequest[]> {
  const before = upstream.calls.length;
  const conversation = anthropicSdk.begin(gateway.url, `on-${dialect}`);
  conversation.say("Read /a and /red.png");
  await conversation.answer(true);
  conversation.give([{ text: "this is a" }, { text: "an image", image }]);
  await conversation.answer(false);
  conversation.say("And now?");
  await conversation.answer(true);
  return upstream.calls.slice(before);
}

/** A request of ours, with its path where one has been seen. */
type Written = Pick<SeenRequest, "body" | "model" | "stream"> & Partial<SeenRequest>;

/** The translator's golden requests of a dialect. */
function goldenRequests(dialect: SeenRequest["dialect"]): readonly Written[] {
  const files = globSync(path.join(goldens, `*.${dialect}.json`));
  expect(files.length).toBeGreaterThan(20);
  return files.map((file) => ({
    body: JSON.parse(readFileSync(file, "utf8")).body,
    model: "fake-model",
    stream: false,
  }));
}

function wanted({ body, path: asked }: Written): object {
  return asked === undefined ? { body } : { body, path: asked };
}

function latest(request: Written): object {
  const { path: asked, body } = upstream.calls.at(-1) ?? {};
  return request.path === undefined ? { body } : { body, path: asked };
}

/** The input of a command: what travels as base64 is bytes here. */
function commandInput({ body, model }: Written): ConverseCommandInput {
  const revived: unknown = JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === "bytes" || key === "redactedContent" ? Buffer.from(String(value), "base64") : value,
  );
  return { ...(revived as ConverseCommandInput), modelId: model };
}

async function sendByAmazon(client: BedrockRuntimeClient, written: Written): Promise<void> {
  const input = commandInput(written);
  await (written.stream ? client.send(new ConverseStreamCommand(input)) : client.send(new ConverseCommand(input)));
}

test("Amazon's client serialises the same conversations to the same requests", async () => {
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: upstream.url,
    token: { token: upstreamKey },
    authSchemePreference: ["httpBearerAuth"],
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  const requests = await requestsOver("bedrock-converse");
  expect(JSON.stringify(requests.at(-1)?.body)).toContain(image);
  for (const request of [...requests, ...goldenRequests("bedrock-converse")]) {
    await sendByAmazon(client, request);
    expect(latest(request)).toEqual(wanted(request));
  }
  client.destroy();
});

/** The parameters of a call: settings and contents stand apart here. */
function parameters({ body, model }: Written): GenerateContentParameters {
  const { contents, generationConfig, ...config } = body as Pick<GenerateContentParameters, "contents"> & {
    readonly generationConfig: object;
  };
  return { model, contents, config: { ...config, ...generationConfig } };
}

test("Google's client writes the same conversations as the same requests", async () => {
  const httpOptions = { baseUrl: upstream.url, apiVersion: "v1beta" };
  const { models } = new GoogleGenAI({ apiKey: upstreamKey, httpOptions });
  const requests = await requestsOver("gemini");
  expect(JSON.stringify(requests.at(-1)?.body)).toContain(image);
  for (const request of [...requests, ...goldenRequests("gemini")]) {
    const call = parameters(request);
    await (request.stream ? Array.fromAsync(await models.generateContentStream(call)) : models.generateContent(call));
    expect(latest(request)).toEqual(wanted(request));
  }
});
