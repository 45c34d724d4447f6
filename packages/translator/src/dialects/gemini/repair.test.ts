import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readFailure } from "./errors.ts";
import { repairGeminiRequest } from "./repair.ts";

const config = { maxOutputTokens: 64_000 };
const contents = [{ role: "user", parts: [{ text: "q" }] }];
const base = { generationConfig: config, contents };

function repair(request: object, failure: UpstreamFailure): unknown {
  const repaired = repairGeminiRequest(new TextEncoder().encode(JSON.stringify(request)), failure);
  return repaired && JSON.parse(new TextDecoder().decode(repaired));
}

/** What becomes of a request after a refusal in Google's words. */
const after = (message: string, request: object): unknown => {
  const body = JSON.stringify({ error: { code: 400, message, status: "INVALID_ARGUMENT" } });
  return repair(request, readFailure({ status: 400, headers: {}, body }));
};
const thinking = (thinkingConfig: object) => ({ ...base, generationConfig: { ...config, thinkingConfig } });

describe("limits", () => {
  test("PR-02: an output limit is brought within its bounds, once", () => {
    const range =
      "it has a maxOutputTokens value of 64000 but the supported range is from 1 (inclusive) to 8193 (exclusive).";
    expect(after(range, base)).toEqual({ ...base, generationConfig: { maxOutputTokens: 8192 } });
    expect(after(range, { ...base, generationConfig: { maxOutputTokens: 100 } })).toBeUndefined();
  });

  test("ERR-06: what the window leaves is what the answer may have", () => {
    const overflow = { kind: "output-overflow", message: "", limitTokens: 10_000, inputTokens: 8_000 } as const;
    expect(repair(base, overflow)).toEqual({ ...base, generationConfig: { maxOutputTokens: 1_936 } });
    expect(repair(base, { ...overflow, inputTokens: 9_900 })).toBeUndefined();
  });
});

describe("thinking", () => {
  test.each([
    [
      "thinking_level is not supported by this model",
      { thinkingLevel: "MEDIUM", includeThoughts: true },
      { includeThoughts: true, thinkingBudget: 8_192 },
    ],
    ["Thinking level MINIMAL is not supported for this model.", { thinkingLevel: "MINIMAL" }, { thinkingLevel: "LOW" }],
    ["Thinking level HIGH is not supported for this model.", { thinkingLevel: "HIGH" }, undefined],
    [
      "The thinking budget 50000 is invalid. Please choose a value between 512 and 24576.",
      { thinkingBudget: 50_000 },
      { thinkingBudget: 24_576 },
    ],
    ["Budget 0 is invalid. This model only works in thinking mode.", { thinkingBudget: 0 }, undefined],
    [
      "Thinking budget is not supported. Use thinking_budget never.",
      { thinkingBudget: 2_000 },
      { thinkingLevel: "LOW" },
    ],
    ["Thinking is not enabled for models/x", { thinkingLevel: "LOW" }, undefined],
  ])("ERR-18 TK-09: after %j", (message, before, expected) => {
    const generationConfig = expected === undefined ? config : { ...config, thinkingConfig: expected };
    expect(after(message, thinking(before))).toEqual({ ...base, generationConfig });
  });

  test("what is not there cannot be changed", () => {
    expect(after("thinking_level is not supported by this model", base)).toBeUndefined();
  });
});

describe("thought signatures", () => {
  const call = (more: object = {}) => ({ functionCall: { name: "a" }, ...more });
  const skip = { thoughtSignature: "skip_thought_signature_validator" };
  const conversation = (...parts: object[]) => ({ ...base, contents: [...contents, { role: "model", parts }] });

  test("ERR-17 TK-25: refused signatures are taken away, with the parts that are nothing else", () => {
    const before = conversation(
      { text: "", thoughtSignature: "S" },
      { text: "hm", thought: true, thoughtSignature: "S" },
      { text: "a", thoughtSignature: "S" },
      call({ thoughtSignature: "S" }),
      call(),
    );
    const repaired = conversation({ text: "a" }, call(skip), call());
    expect(after("Invalid thought signature.", before)).toEqual(repaired);
    expect(after("Invalid thought signature.", repaired)).toBeUndefined();
  });

  test("TK-27: missing signatures are excused, and those that are there stay", () => {
    const before = {
      ...conversation(call(), call()),
      contents: [
        { role: "model", parts: [call({ thoughtSignature: "S" })] },
        { role: "model", parts: [call(), call()] },
      ],
    };
    const message = "Function call is missing a thought_signature in functionCall parts.";
    expect(after(message, before)).toEqual({
      ...base,
      contents: [
        { role: "model", parts: [call({ thoughtSignature: "S" })] },
        { role: "model", parts: [call(skip), call()] },
      ],
    });
  });
});

describe("other refusals", () => {
  const functions = { functionDeclarations: [{ name: "a" }] };

  test("the system prompt moves into the first content", () => {
    const system = { ...base, systemInstruction: { parts: [{ text: "S" }] } };
    const repaired = { ...base, contents: [{ role: "user", parts: [{ text: "S" }, { text: "q" }] }] };
    expect(after("Developer instruction is not enabled for models/gemma-3-4b-it", system)).toEqual(repaired);
    expect(after("Developer instruction is not enabled", base)).toBeUndefined();
  });

  test("the search gives way to functions, but not to nothing", () => {
    const message = "Built-in tools ({google_search}) and Function Calling cannot be combined in the same request.";
    const toolConfig = { includeServerSideToolInvocations: true };
    const both = { ...base, tools: [functions, { googleSearch: {} }], toolConfig };
    expect(after(message, both)).toEqual({ ...base, tools: [functions] });
    expect(after(message, { ...base, tools: [{ googleSearch: {} }] })).toBeUndefined();
  });

  test("PR-16: the schema of the answer goes", () => {
    const generationConfig = { ...config, responseMimeType: "application/json", responseJsonSchema: {} };
    const message = "Function calling with a response mime type: 'application/json' is unsupported";
    expect(after(message, { ...base, generationConfig })).toEqual(base);
  });

  test("TD-10: schemas are written in the older form", () => {
    const schema = { type: "object", properties: { a: { const: "x" } }, additionalProperties: false };
    const tools = [{ functionDeclarations: [{ name: "a", parametersJsonSchema: schema }, { name: "b" }] }];
    const generationConfig = { ...config, responseJsonSchema: schema };
    const message = `Unknown name "parametersJsonSchema" at 'tools[0].function_declarations[0]': Cannot find field.`;
    const simple = { type: "object", properties: { a: { type: "string", enum: ["x"] } } };
    expect(after(message, { ...base, tools, generationConfig })).toEqual({
      ...base,
      tools: [{ functionDeclarations: [{ name: "a", parameters: simple }, { name: "b" }] }],
      generationConfig: { ...config, responseSchema: simple },
    });
  });

  test("TH-18: media leave the responses", () => {
    const inlineData = { mimeType: "image/png", data: "A" };
    const response = { name: "Read", response: {} };
    const before = {
      ...base,
      contents: [{ role: "user", parts: [{ functionResponse: { ...response, parts: [{ inlineData }] } }] }],
    };
    expect(after("Multimodal function responses are not supported for this model.", before)).toEqual({
      ...base,
      contents: [
        { role: "user", parts: [{ functionResponse: response }] },
        { role: "user", parts: [{ text: "Output of the call of Read:" }, { inlineData }] },
      ],
    });
  });

  test("ids go from calls and responses together, and unknown names from where they stand", () => {
    const before = {
      ...base,
      contents: [{ parts: [{ functionCall: { id: "1", name: "a" } }, { functionResponse: { id: "1", name: "a" } }] }],
    };
    expect(after(`Unknown name "id" at 'contents[0].parts[0].function_call': Cannot find field.`, before)).toEqual({
      ...base,
      contents: [{ parts: [{ functionCall: { name: "a" } }, { functionResponse: { name: "a" } }] }],
    });
    const withTopK = { ...base, generationConfig: { ...config, topK: 3 } };
    expect(after(`Unknown name "topK" at 'generation_config': Cannot find field.`, withTopK)).toEqual(base);
  });

  test("what makes the request what it is stays, and other failures are not repaired", () => {
    expect(after(`Unknown name "contents": Cannot find field.`, base)).toBeUndefined();
    expect(repair(base, { kind: "rate-limited", message: "" })).toBeUndefined();
    expect(
      repairGeminiRequest(new TextEncoder().encode("["), {
        kind: "unsupported-parameter",
        message: "",
        parameter: "a",
      }),
    ).toBeUndefined();
  });
});
