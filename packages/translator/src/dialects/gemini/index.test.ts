import { describe, expect, test } from "vitest";
import { isTranslatorError } from "../../errors.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { geminiCarries } from "./carries.ts";
import { gemini } from "./index.ts";
import { reasons } from "./reasons.ts";

describe("the path of a request", () => {
  test.each([
    ["gemini-3.8-flash", true, "/models/gemini-3.8-flash:streamGenerateContent?alt=sse"],
    ["gemini-3.8-flash", false, "/models/gemini-3.8-flash:generateContent"],
    ["models/gemini-2.5-pro", false, "/models/gemini-2.5-pro:generateContent"],
    ["tunedModels/my model", false, "/tunedModels/my%20model:generateContent"],
    ["endpoints/123", true, "/endpoints/123:streamGenerateContent?alt=sse"],
    ["gemini@001", false, "/models/gemini%40001:generateContent"],
  ])("PR-17 STR-46: of %s, streamed: %s, is %s", (model, stream, path) => {
    expect(gemini.pathFor?.(model, stream)).toBe(path);
  });

  test.each(["..", "a/../b", "models/..", "a//b", "", "a?b", "a#b", "a%2e%2e", "a\\b", "a\nb", "./a", "models/"])(
    "PR-17: %j is refused",
    (model) => {
      const path = (): unknown => gemini.pathFor?.(model, false);
      expect(path).toThrow(/cannot stand in an address/);
      expect(path).toThrow(expect.toSatisfy((error: unknown) => isTranslatorError(error)));
    },
  );
});

test("the dialect translates from the client's bytes to the client's bytes", () => {
  const request = { model: "claude", max_tokens: 9, messages: [{ role: "user", content: "hi" }] };
  const body = new TextEncoder().encode(JSON.stringify(request));
  const context = { messageId: "msg_1", askedModel: "claude" };
  const translation = gemini.translate({ body, envelope: readEnvelope(body) }, { model: "gemini-3.8-flash" }, context);
  expect(JSON.parse(new TextDecoder().decode(translation.body))).toEqual({
    generationConfig: { maxOutputTokens: 9 },
    contents: [{ role: "user", parts: [{ text: "hi" }] }],
  });
  const answer = { candidates: [{ content: { parts: [{ text: "ho" }] }, finishReason: "STOP" }] };
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  const whole = translation.answerWhole(bytes, "application/json");
  expect(whole).toMatchObject({ ok: true, metered: { stopReason: "end_turn" } });
  const stream = translation.answerStream();
  stream.push(new TextEncoder().encode(`data: ${JSON.stringify(answer)}\n\n`));
  expect(stream.committed).toBe(true);
  expect(new TextDecoder().decode(stream.end())).toContain("message_stop");
});

test("the table names each feature once, in whole sentences, and so do the reasons", () => {
  const features = geminiCarries.map(({ feature }) => feature);
  expect(new Set(features).size).toBe(features.length);
  for (const { how } of geminiCarries) expect(how).toMatch(/^\S.*\.$/);
  for (const reason of Object.values(reasons)) expect(reason).toMatch(/^[A-Z].*[^.]\.$/);
});
