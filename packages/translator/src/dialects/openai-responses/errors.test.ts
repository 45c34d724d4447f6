import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readFailure } from "./errors.ts";
import { repairResponsesRequest } from "./repair.ts";

const failureOf = (status: number, error: object): UpstreamFailure =>
  readFailure({ status, headers: {}, body: JSON.stringify({ error }) });
const refusal = (message: string, more: object = {}): UpstreamFailure =>
  failureOf(400, { message, type: "invalid_request_error", param: null, code: null, ...more });

const request = {
  model: "m",
  include: ["reasoning.encrypted_content"],
  reasoning: { effort: "high", summary: "auto" },
  max_output_tokens: 1000,
  temperature: 1,
  input: [
    { type: "message", role: "user", content: "q" },
    { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "E" },
    { type: "function_call", call_id: "1", name: "Read", arguments: "{}" },
    { type: "function_call_output", call_id: "1", output: "ok" },
  ],
};

function repaired(failure: UpstreamFailure, body: object = request): unknown {
  const bytes = repairResponsesRequest(new TextEncoder().encode(JSON.stringify(body)), failure);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

describe("errors", () => {
  test("ERR-02 ERR-14 ERR-15: the status and the code tell the kind", () => {
    expect(failureOf(401, { message: "Incorrect API key provided", code: "invalid_api_key" }).kind).toBe(
      "unauthenticated",
    );
    expect(failureOf(404, { message: "The model 'x' does not exist", code: "model_not_found" }).kind).toBe("not-found");
    expect(
      failureOf(429, { message: "Rate limit reached, try again in 2s", code: "rate_limit_exceeded" }),
    ).toMatchObject({
      kind: "rate-limited",
      retryAfterSeconds: 2,
    });
    expect(failureOf(500, { message: "boom", type: "server_error" }).kind).toBe("server-error");
  });

  test("ERR-05 ERR-07: overflow is told by code, whatever the words", () => {
    const said = "Your input exceeds the context window of this model. Please adjust your input and try again.";
    expect(refusal(said, { code: "context_length_exceeded", param: "input" }).kind).toBe("context-overflow");
  });

  test("ERR-18: refused parameters are named", () => {
    expect(
      refusal("Unsupported parameter: 'temperature' is not supported with this model.", { param: "temperature" }),
    ).toMatchObject({
      kind: "unsupported-parameter",
      parameter: "temperature",
    });
    expect(refusal("Encrypted content is not supported with this model.", { param: "include" })).toMatchObject({
      kind: "unsupported-parameter",
      parameter: "include",
    });
  });
});

describe("repairs", () => {
  test("TK-25 TK-23: reasoning that the provider cannot take back is left out, for this conversation alone", () => {
    const wordings = [
      refusal("The encrypted content gAAA...DQ== could not be verified.", { code: "invalid_encrypted_content" }),
      refusal(
        "The encrypted content for item rs_0a18166210d72b5e0069fd938e69a08193a992a58d690a224b could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
      ),
      refusal("Item 'rs_1' of type 'reasoning' was provided without its required following item.", { param: "input" }),
      failureOf(404, {
        message: "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
        param: "input",
      }),
    ];
    for (const failure of wordings) {
      expect(failure.kind).toBe("invalid-request");
      expect(repaired(failure)).toEqual({
        ...request,
        input: request.input.filter(({ type }) => type !== "reasoning"),
      });
      expect(repaired(failure, { ...request, input: [] })).toBeUndefined();
    }
  });

  test("ERR-18 TK-05: an effort that the model lacks gives way to one that it names, or to none", () => {
    const named = refusal(
      "Unsupported value: 'reasoning.effort' does not support 'high' with this model. Supported values are: 'low' and 'medium'.",
      {
        param: "reasoning.effort",
        code: "unsupported_value",
      },
    );
    expect(repaired(named)).toMatchObject({ reasoning: { effort: "medium", summary: "auto" } });
    const unnamed = refusal("Unsupported parameter: 'reasoning.effort' is not supported with this model.", {
      param: "reasoning.effort",
      code: "unsupported_parameter",
    });
    expect(repaired(unnamed)).toMatchObject({ reasoning: { summary: "auto" } });
    expect(repaired(unnamed, { ...request, reasoning: { effort: "high" } })).not.toHaveProperty("reasoning");
  });

  test("ERR-18: summaries and the encrypted form are not asked for again where they are refused", () => {
    const summary = refusal("Your organization must be verified to generate reasoning summaries.", {
      param: "reasoning.summary",
      code: "unsupported_value",
    });
    expect(repaired(summary)).toMatchObject({ reasoning: { effort: "high" } });
    expect(repaired(refusal("Encrypted content is not supported with this model."))).not.toHaveProperty("include");
    const temperature = refusal("Unsupported parameter: 'temperature' is not supported with this model.", {
      param: "temperature",
    });
    expect(repaired(temperature)).not.toHaveProperty("temperature");
  });

  test("PR-04 ERR-06: an output limit is brought within its bounds", () => {
    const low = refusal(
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
      {
        param: "max_output_tokens",
        code: "integer_below_min_value",
      },
    );
    expect(repaired(low, { ...request, max_output_tokens: 1 })).toMatchObject({ max_output_tokens: 16 });
    const overflow: UpstreamFailure = { kind: "output-overflow", message: "", limitTokens: 2_000, inputTokens: 1_500 };
    expect(repaired(overflow)).toMatchObject({ max_output_tokens: 436 });
    expect(repaired({ ...overflow, inputTokens: 1_999 })).toBeUndefined();
    const large: UpstreamFailure = { kind: "max-tokens-too-large", message: "", limitTokens: 500 };
    expect(repaired(large)).toMatchObject({ max_output_tokens: 500 });
    expect(repaired({ ...large, limitTokens: 5_000 })).toBeUndefined();
  });

  test("what makes a request what it is, is never left out, and other failures are not repaired", () => {
    for (const parameter of ["input", "model", "tools", "instructions"]) {
      expect(
        repaired(
          { kind: "unsupported-parameter", message: "no", parameter },
          { ...request, tools: [], instructions: "i" },
        ),
      ).toBeUndefined();
    }
    expect(repaired({ kind: "rate-limited", message: "slow" })).toBeUndefined();
    expect(repaired({ kind: "invalid-request", message: "no" })).toBeUndefined();
    expect(
      repairResponsesRequest(new TextEncoder().encode("[]"), { kind: "server-error", message: "" }),
    ).toBeUndefined();
  });
});
