import { describe, expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import type { Counting } from "../dialect.ts";
import {
  anthropicMessages,
  azureFoundry,
  bedrockInvoke,
  messagesOn,
  vertexRawPredict,
  type MessagesPlatform,
} from "./index.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const body = new TextEncoder().encode('{"model":"claude-opus-4-6","messages":[{"role":"user","content":"é"}]}');
const request = { body, envelope: readEnvelope(body) };
const messages = [{ role: "user", content: "é" }];

function countingOn(platform: MessagesPlatform): Counting {
  const { counting } = messagesOn(platform);
  if (counting === undefined) throw new Error(`${platform.title} does not count`);
  return counting;
}

describe("InvokeModel", () => {
  const counting = countingOn(bedrockInvoke);

  test("CT-01 CT-03: a whole InvokeModel body is counted, in base64", () => {
    const { input } = JSON.parse(decode(counting.write(request, { model: "m" }).body));
    const counted = Uint8Array.from(atob(input.invokeModel.body), (letter) => letter.codePointAt(0) ?? 0);
    expect(JSON.parse(decode(counted))).toEqual({ max_tokens: 1, anthropic_version: "bedrock-2023-05-31", messages });
    expect(counting.path("m[1m]")).toBe("/model/m/count-tokens");
  });

  test("CT-03: the count is read in Bedrock's words", () => {
    expect(counting.read({ inputTokens: 12 })).toEqual({ input_tokens: 12 });
  });

  test("CT-03: a body of many kilobytes is whole in its base64", () => {
    const long = new TextEncoder().encode(JSON.stringify({ model: "m", messages, system: "é".repeat(50_000) }));
    const { input } = JSON.parse(
      decode(counting.write({ body: long, envelope: readEnvelope(long) }, { model: "m" }).body),
    );
    const counted = Uint8Array.from(atob(input.invokeModel.body), (letter) => letter.codePointAt(0) ?? 0);
    expect(JSON.parse(decode(counted)).system).toBe("é".repeat(50_000));
  });
});

test("CT-01 CT-03: Vertex counts at a path of its own, with the model in the body", () => {
  const counting = countingOn(vertexRawPredict);
  expect(JSON.parse(decode(counting.write(request, { model: "claude@1[1m]" }).body))).toEqual({
    anthropic_version: "vertex-2023-10-16",
    model: "claude@1",
    messages,
  });
  expect(counting.path("m")).toBe("/models/count-tokens:rawPredict");
  expect(counting.read({ input_tokens: 7 })).toEqual({ input_tokens: 7 });
});

test("CT-01: Anthropic and Foundry count the client's own bytes", () => {
  for (const counting of [anthropicMessages.counting, countingOn(azureFoundry)]) {
    expect(counting?.path("claude-opus-4-6")).toBe("/v1/messages/count_tokens");
    expect(counting?.write(request, { model: "claude-opus-4-6" }).body).toBe(body);
  }
});

test("what Anthropic says beside the number reaches the client", () => {
  const answer = { input_tokens: 3, context_management: { original_input_tokens: 9 } };
  expect(anthropicMessages.counting?.read(answer)).toEqual(answer);
});

test.each([{ error: {} }, "7", { input_tokens: "7" }, { inputTokens: Number.NaN }, null, [7]])(
  "%j is no count",
  (answer) => {
    expect(anthropicMessages.counting?.read(answer)).toBeUndefined();
  },
);

test("a platform that counts no tokens is not asked", () => {
  expect(messagesOn({ ...azureFoundry, counts: false })).not.toHaveProperty("counting");
});
