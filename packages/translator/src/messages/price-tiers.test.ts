import { describe, expect, test } from "vitest";
import { mergeUsage } from "../dialects/anthropic-messages/usage.ts";
import { readUsage, settleUsage } from "../dialects/openai-chat/usage.ts";
import { addUsage } from "./add-usage.ts";
import { meterEvents } from "./meter.ts";
import { priceTiers } from "./price-tiers.ts";
import { noUsage } from "./usage.ts";

describe("what makes tokens cost otherwise than usual", () => {
  test("is every word of the provider for a tier, a speed or a place that is not the usual one", () => {
    expect(priceTiers("priority", "fast", "us")).toEqual({ tiers: ["priority", "fast", "us"] });
    expect(priceTiers("standard", "fast", "global")).toEqual({ tiers: ["fast"] });
    for (const usual of ["standard", "default", "auto", "global", "not_available", "", null, undefined, 7, {}]) {
      expect(priceTiers(usual)).toEqual({});
    }
    expect(priceTiers("x".repeat(41)).tiers).toEqual([]);
  });

  test("is told by Anthropic in any report of a stream, and stays when the next leaves it out", () => {
    const start = { input_tokens: 3, service_tier: "standard", speed: "fast", inference_geo: "us" };
    expect(mergeUsage(mergeUsage(noUsage, start), { output_tokens: 5 })).toEqual({
      ...noUsage,
      inputTokens: 3,
      outputTokens: 5,
      tiers: ["fast", "us"],
    });
    expect(mergeUsage(noUsage, { input_tokens: 3, service_tier: "standard", inference_geo: null })).not.toHaveProperty(
      "tiers",
    );
  });

  test("is told by OpenAI beside the usage", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    const estimate = { inputTokens: () => 0, outputTokens: () => 0 };
    expect(settleUsage(readUsage(usage, "flex"), estimate).tiers).toEqual(["flex"]);
    expect(settleUsage(readUsage(usage, "default"), estimate)).not.toHaveProperty("tiers");
  });

  test("is known of an answer that clients of other APIs read, and of one that took several calls", () => {
    const meter = meterEvents();
    const usage = { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    meter.take({
      type: "message_start",
      message: {
        id: "msg",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, speed: "fast" },
      },
    });
    meter.take({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage });
    expect(meter.metered.usage.tiers).toEqual(["fast"]);
    expect(addUsage(noUsage, { ...noUsage, tiers: ["fast"] }).tiers).toEqual(["fast"]);
    expect(addUsage(noUsage, noUsage)).not.toHaveProperty("tiers");
  });
});
