import fc from "fast-check";
import { expect, test } from "vitest";
import type { Thinking } from "./messages/request.ts";
import { chatSpeaker } from "./testing/walk/chat-speaker.ts";
import { converseSpeaker } from "./testing/walk/converse-speaker.ts";
import { geminiSpeaker } from "./testing/walk/gemini-speaker.ts";
import { messagesSpeaker } from "./testing/walk/messages-speaker.ts";
import { responsesSpeaker } from "./testing/walk/responses-speaker.ts";
import type { Speaker } from "./testing/walk/speaker.ts";
import { clientTools, Walk, type Gift, type Step } from "./testing/walk/walk.ts";

/** Claude's signatures hold wherever Claude is served. */
const claude = "claude";
const speakers: readonly Speaker[] = [
  messagesSpeaker("claude-sonnet-5-5", claude),
  chatSpeaker("generic", {}),
  chatSpeaker("deepseek", { reasoningBack: "reasoning_content", images: false }),
  chatSpeaker("openrouter", { reasoningBack: "reasoning_details", midSystem: "system", toolCallIds: "max-40" }),
  chatSpeaker("mistral", { toolCallIds: "alphanumeric-9", mergeSameRole: true, userAfterTool: false }),
  responsesSpeaker("gpt-5.6"),
  geminiSpeaker("gemini-3.8-flash", true),
  geminiSpeaker("gemini-2.5-pro", false),
  converseSpeaker("us.anthropic.claude-sonnet-4-5-20250929-v1:0", claude),
  converseSpeaker("openai.gpt-5.6", "openai.gpt-5.6"),
  converseSpeaker("amazon.nova-pro-v1:0"),
  converseSpeaker("meta.llama4-maverick-17b-instruct-v1:0"),
];

const gifts: readonly Gift[] = ["text", "blocks", "image", "error", "nothing"];
const call = fc.record({ tool: fc.nat(clientTools.length - 1), gives: fc.constantFrom(...gifts) });
/** A step with the speaker's place in the list, which is all of it that a counterexample need tell. */
const step = fc.record({
  speaker: fc.nat(speakers.length - 1),
  thinks: fc.boolean(),
  speaks: fc.boolean(),
  calls: fc.array(call, { maxLength: 3 }),
  shows: fc.boolean(),
  afterResults: fc.constantFrom("nothing" as const, "words" as const, "a system message" as const),
  strings: fc.boolean(),
  chunk: fc.constantFrom(7, 64, 100_000),
});
const thinking = fc.constantFrom<Thinking>(
  { type: "adaptive", display: "summarized" },
  { type: "adaptive", display: "omitted" },
  { type: "enabled", budget_tokens: 8_000 },
);

function at(index: number): Speaker {
  const speaker = speakers[index];
  if (speaker === undefined) throw new RangeError(`There is no speaker ${index}.`);
  return speaker;
}

test("a session stays sound in every dialect, whichever models answer its turns", () => {
  fc.assert(
    fc.property(thinking, fc.array(step, { minLength: 2, maxLength: 7 }), (thoughts, steps) => {
      const walk = new Walk(thoughts);
      for (const next of steps) walk.take({ ...next, speaker: at(next.speaker) });
    }),
    { numRuns: 200 },
  );
});

test("a session whose context is edited on the way stays sound as well", () => {
  const one = { type: "tool_uses", value: 1 };
  const edits = [
    { type: "clear_thinking_20251015" },
    { type: "clear_tool_uses_20250919", trigger: one, keep: one, clear_tool_inputs: true },
  ];
  fc.assert(
    fc.property(thinking, fc.array(step, { minLength: 3, maxLength: 7 }), (thoughts, steps) => {
      const walk = new Walk(thoughts, edits);
      for (const next of steps) walk.take({ ...next, speaker: at(next.speaker) });
    }),
    { numRuns: 100 },
  );
});

const calls = gifts.map((gives, index) => ({ tool: index % clientTools.length, gives }));

function turnOf(speaker: Speaker): Step {
  return {
    speaker,
    thinks: true,
    speaks: true,
    calls,
    shows: false,
    afterResults: "nothing",
    strings: false,
    chunk: 50,
  };
}

test.each(speakers.map((speaker) => [speaker.name, speaker] as const))(
  "a turn of %s that thinks and calls in parallel goes on with every other model, and comes back",
  (_name, from) => {
    for (const to of speakers) {
      const walk = new Walk({ type: "adaptive", display: "summarized" });
      for (const speaker of [from, to, from, to]) walk.take(turnOf(speaker));
      expect(walk.turns).toBe(4);
    }
  },
);
