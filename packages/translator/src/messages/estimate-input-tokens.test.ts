import { existsSync, readdirSync, readFileSync } from "node:fs";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import type { ContentBlock } from "./content.ts";
import { estimateInputTokens } from "./estimate-input-tokens.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { parseCountRequest } from "./parse-request.ts";

const recordings = new URL("../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const user = (...content: ContentBlock[]) => ({ messages: [{ role: "user" as const, content }] });
const bare = estimateInputTokens(user());

function base64(...parts: (string | number[])[]): string {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string))).toString("base64");
}

function tokensOfImage(data: string): number {
  return (
    estimateInputTokens(user({ type: "image", source: { type: "base64", media_type: "image/x", data } })) - bare - 4
  );
}

const pad = Array.from({ length: 32 }, () => 0);

describe("estimateInputTokens", () => {
  test("CT-02: counts system, messages and tools, and needs no max_tokens", () => {
    const text = "Please read the file and tell me what is in it.";
    const body = {
      model: "m",
      system: text,
      messages: [{ role: "user", content: text }],
      tools: [{ name: "Read", description: text, input_schema: { type: "object" } }],
    };
    const tokens = estimateInputTokens(parseCountRequest(new TextEncoder().encode(JSON.stringify(body))));
    expect(tokens).toBeGreaterThan(3 * estimateTokens(text));
    expect(tokens).toBeLessThan(3 * estimateTokens(text) + 420);
  });

  test.each([
    ["PNG", base64([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13], "IHDR", [0, 0, 3, 32, 0, 0, 2, 88], pad)],
    ["GIF", base64("GIF89a", [0x20, 3, 0x58, 2], pad)],
    ["JPEG", base64([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0x02, 0x58, 0x03, 0x20, 3], pad)],
    ["WebP, lossy", base64("RIFF", [0, 0, 0, 0], "WEBPVP8 ", pad.slice(0, 10), [0x20, 3, 0x58, 2], pad)],
    ["WebP, lossless", base64("RIFF", [0, 0, 0, 0], "WEBPVP8L", [0, 0, 0, 0, 0x2f, 0x1f, 0xc3, 0x95, 0], pad)],
    ["WebP, extended", base64("RIFF", [0, 0, 0, 0], "WEBPVP8X", [0, 0, 0, 0, 0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0], pad)],
  ])("prices a %s of 800 × 600 by its pixels", (_, data) => {
    expect(tokensOfImage(data)).toBe((800 * 600) / 750);
  });

  test("prices an image that is large or unreadable at the most an image costs", () => {
    expect(tokensOfImage("not base64!")).toBe(1_600);
    expect(tokensOfImage("")).toBe(1_600);
    expect(tokensOfImage(base64("GIF89a", [0, 0x20, 0, 0x20], pad))).toBe(1_600);
    const url = estimateInputTokens(user({ type: "image", source: { type: "url", url: "https://example.com/a.png" } }));
    expect(url - bare).toBe(1_604);
  });

  test("prices a PDF by its pages", () => {
    const pdf = `%PDF-1.7\n${"<< /Type /Page /Parent 2 0 R >>\n".repeat(4)}<< /Type /Pages /Count 4 >>`;
    const source = { type: "base64", media_type: "application/pdf", data: base64(pdf) } as const;
    const tokens = estimateInputTokens(user({ type: "document", source })) - bare;
    expect(tokens).toBeGreaterThanOrEqual(12_000);
    expect(tokens).toBeLessThan(12_100);
  });

  test("looks into tool results and counts every other block as its JSON", () => {
    const text = "one two three four five";
    const inner = estimateInputTokens(
      user({ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text }] }),
    );
    const plain = estimateInputTokens(user({ type: "text", text }));
    expect(inner).toBeGreaterThan(plain);
    expect(estimateInputTokens(user({ type: "tool_reference", tool_name: text }))).toBeGreaterThan(plain);
    expect(estimateInputTokens(user({ type: "thinking", thinking: text }))).toBe(plain);
    expect(estimateInputTokens(user({ type: "redacted_thinking", data: "x".repeat(400) })) - bare).toBe(104);
  });
});

describe.skipIf(!existsSync(recordings))("estimateInputTokens on recorded requests of Claude Code", () => {
  const names = existsSync(recordings) ? readdirSync(recordings).filter((name) => name !== "models-list.json") : [];
  // These are nearly all framing, which the bare texts do not show; or hold a PDF or an image.
  const odd = new Set(["model-validation-request.json", "count-tokens-text.json", "web-search.json", "pdf-turn.json"]);

  test.each(names.filter((name) => !odd.has(name)))("CT-02: %s: is above o200k by at most 40 percent", (name) => {
    const { body } = JSON.parse(readFileSync(new URL(name, recordings), "utf8"));
    const { system, messages, tools } = body;
    const truth = encode(JSON.stringify([system, messages, tools])).length;
    const ratio = estimateInputTokens(body) / truth;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.4);
  });
});
