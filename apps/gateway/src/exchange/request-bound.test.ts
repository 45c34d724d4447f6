import { boundOf, costOf, flatRow } from "@drawbridge/providers/models";
import { chatClient, type ClientDialect, messagesClient, responsesClient } from "@drawbridge/translator";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GatewayBound, type KnownPlace, requestBound } from "./request-bound.ts";

const cheap = flatRow({ input: 1e9, output: 5e9, cacheWrite5m: 1.25e9, cacheWrite1h: 2e9 });
const dear = flatRow({ input: 5e9, output: 25e9, cacheWrite5m: 6.25e9, cacheWrite1h: 10e9 }, 10_000_000);
const place: KnownPlace = { facts: { contextWindow: 200_000 }, prices: [dear] };

function bound(
  request: object,
  options: { client?: ClientDialect; isStrict?: boolean; places?: KnownPlace[] } = {},
): GatewayBound {
  const { client = messagesClient, isStrict = false, places = [place] } = options;
  const body = new TextEncoder().encode(JSON.stringify({ model: "m", ...request }));
  const call = client.decodeRequest(body, { createdAtSeconds: 0 });
  return requestBound({ call, client: client.name, isStrict }, places);
}

const said = (content: unknown) => ({ max_tokens: 1_000, messages: [{ role: "user", content }] });
const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };

describe("requestBound", () => {
  test("L-13: covers the dearest of all places, and the dearest way of reading the input", () => {
    const both = bound(said("x".repeat(7_000)), { places: [{ facts: {}, prices: [cheap] }, place] });
    const usage = { cacheReadTokens: 0, cacheWrite5mTokens: 0, webSearchRequests: 0, outputTokens: 1_000 };
    const most = { ...usage, inputTokens: 0, cacheWrite1hTokens: both.mostInputTokens };
    expect(both.nanoUsd(1_000)).toBeGreaterThanOrEqual(costOf(dear, most).nanoUsd);
    expect(both.nanoUsd(1_000)).toBe(bound(said("x".repeat(7_000))).nanoUsd(1_000));
  });

  test("L-13: is no less than a token a byte where it is strict", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const strict = bound(said(text), { isStrict: true });
        expect(strict.inputTokens).toBe(strict.mostInputTokens);
        expect(strict.mostInputTokens).toBeGreaterThan(Buffer.byteLength(text));
      }),
      { numRuns: 200 },
    );
  });

  test("says what is charged where nobody has counted, whatever is held", () => {
    const text = said("x".repeat(35_000));
    expect(bound(text, { isStrict: true }).chargedInputTokens).toBe(bound(text).mostInputTokens);
    expect(bound(text).chargedInputTokens).toBe(bound(text).mostInputTokens);
    const short = bound(said("hi"), { isStrict: true });
    expect(short.chargedInputTokens).toBeLessThanOrEqual(short.mostInputTokens);
  });

  test("costs never less for more output", () => {
    const request = bound(said("hi"));
    let before = 0;
    for (let output = 0; output < 5_000; output += 97) {
      expect(request.nanoUsd(output)).toBeGreaterThanOrEqual(before);
      before = request.nanoUsd(output);
    }
  });

  test("holds tokens as they are likely, so that a rate of tokens is not refused for a margin", () => {
    const { inputTokens, mostInputTokens } = bound(said("x".repeat(35_000)));
    expect(inputTokens).toBeLessThan(10_100);
    expect(mostInputTokens).toBeGreaterThan(14_000);
  });

  test.each<[ClientDialect, object]>([
    [messagesClient, said([image, { type: "text", text: 'not an \\"image\\" but "image"' }])],
    [chatClient, said([{ type: "image_url", image_url: { url: "https://example.com/a.png" } }])],
    [
      responsesClient,
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "https://example.com/a.png" }] }] },
    ],
  ])("counts what an image behind an address may come to: %#", (client, request) => {
    const { mostInputTokens } = bound(request, { client });
    expect(mostInputTokens).toBeGreaterThan(5_000);
    expect(mostInputTokens).toBeLessThan(20_000);
  });

  test("does not take the bytes of an image for its tokens", () => {
    const source = { type: "base64", media_type: "image/png", data: "A".repeat(400_000) };
    expect(bound(said([{ type: "image", source }])).mostInputTokens).toBeLessThan(12_000);
  });

  test("takes a document for a whole window where it is strict, and nothing for more than that", () => {
    const source = { type: "url", url: "https://example.com/a.pdf" };
    const request = said([{ type: "document", source }]);
    expect(bound(request, { isStrict: true }).mostInputTokens).toBe(200_000);
    expect(bound(request).mostInputTokens).toBeLessThan(100_000);
    expect(bound(said("x".repeat(900_000)), { isStrict: true }).mostInputTokens).toBe(200_000);
  });

  test("counts the searches that a provider may make, and what they bring to be read", () => {
    const searching = { ...said("hi"), tools: [{ type: "web_search_20250305", name: "web_search" }] };
    const plain = bound(said("hi"));
    expect(bound(searching).nanoUsd(0) - plain.nanoUsd(0)).toBeGreaterThan(8 * 10_000_000);
    expect(bound(searching).mostInputTokens).toBeGreaterThan(50_000);
  });

  test("counts a dearer service tier, and takes no cheaper one for granted", () => {
    const prices = [{ ...dear, tiers: { priority: 2_000, flex: 500 } }];
    const tier = (name: string) =>
      bound({ ...said("hi"), service_tier: name }, { client: chatClient, places: [{ ...place, prices }] });
    const usual = bound(said("hi"), { client: chatClient, places: [{ ...place, prices }] }).nanoUsd(1_000);
    expect(tier("priority").nanoUsd(1_000)).toBeGreaterThan(1.9 * usual);
    expect(tier("flex").nanoUsd(1_000)).toBeGreaterThanOrEqual(usual);
  });

  test("takes the model's own limit where a client names none", () => {
    const request = { messages: [{ role: "user", content: "hi" }] };
    const places = [{ ...place, facts: { maxOutputTokens: 16_000 } }];
    expect(bound(request, { client: chatClient, places }).outputTokens).toBe(16_000);
    expect(bound(request, { client: chatClient }).outputTokens).toBe(32_000);
    expect(boundOf(dear, { inputTokens: 0, outputTokens: 1 })).toBeGreaterThan(0);
  });
});
