import { describe, expect, test } from "vitest";
import { bedrockConverse } from "../dialects/bedrock-converse/index.ts";
import { gemini } from "../dialects/gemini/index.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";
import { openaiResponses } from "../dialects/openai-responses/index.ts";
import { sampleTexts } from "../testing/sample-texts.ts";
import { estimateInputTokens } from "./estimate-input-tokens.ts";
import { lastingEstimates } from "./lasting-estimates.ts";
import { readEnvelope } from "./read-envelope.ts";
import type { MessagesRequest } from "./request.ts";

const encoder = new TextEncoder();

/** A session that has read and said many things, in languages of people and of machines. */
const request: MessagesRequest = {
  model: "claude-x",
  max_tokens: 1_000,
  system: (sampleTexts["English"] ?? "").repeat(20),
  messages: Object.values(sampleTexts).flatMap((text, index) => [
    { role: "user", content: `Read the next one.\n${text.repeat(1 + (index % 3))}` },
    { role: "assistant", content: [{ type: "text", text: (sampleTexts["English"] ?? "").repeat(3) }] },
  ]),
};

describe("lastingEstimates", () => {
  test.each([openaiChat, openaiResponses, gemini, bedrockConverse])(
    "a sample of what goes out in $name says how many tokens it is, within a seventh",
    (dialect) => {
      const body = encoder.encode(JSON.stringify(request));
      const client = { body, envelope: readEnvelope(body) };
      const written = dialect.translate(client, { model: "m" }, { messageId: "msg_1", askedModel: "claude-x" });
      expect(written.body.length).toBeGreaterThan(60_000);
      const estimates = lastingEstimates({ request, body: written.body, mediaAt: client.envelope.mediaAt });
      const inputTokens = estimates.inputTokens();
      const careful = estimateInputTokens(request);
      expect(inputTokens).toBeGreaterThan((careful * 6) / 7);
      expect(inputTokens).toBeLessThan((careful * 8) / 7);
    },
  );

  test("holds a copy: what becomes of the body changes no estimate", () => {
    const body = encoder.encode("The same words again and again. ".repeat(4_000));
    const estimates = lastingEstimates({ request, body, mediaAt: [] });
    const before = estimates.inputTokens();
    body.fill(0xff);
    expect(lastingEstimates({ request, body, mediaAt: [] }).inputTokens()).not.toBe(before);
    expect(estimates.inputTokens()).toBe(before);
  });

  test.each([[[17]], [undefined]])("with media, or where nobody has looked (%j), each part is estimated", (mediaAt) => {
    const estimates = lastingEstimates({ request, body: encoder.encode("a"), mediaAt });
    expect(estimates.inputTokens()).toBe(estimateInputTokens(request));
    expect(estimates.roughInputTokens()).toBe(estimates.inputTokens());
  });

  test("the rough estimate goes by length, and by the sample where a request is very long", () => {
    const rough = (bytes: number): number =>
      lastingEstimates({ request, body: new Uint8Array(bytes).fill(0x61), mediaAt: [] }).roughInputTokens();
    expect(rough(35_000)).toBe(10_000);
    expect(rough(350_000)).not.toBe(100_000);
  });
});
