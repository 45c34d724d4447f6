import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentBlock } from "../messages/content.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";
import { chatSpeaker } from "../testing/walk/chat-speaker.ts";
import { converseSpeaker } from "../testing/walk/converse-speaker.ts";
import { geminiSpeaker } from "../testing/walk/gemini-speaker.ts";
import { responsesSpeaker } from "../testing/walk/responses-speaker.ts";
import { blocksOf } from "./blocks-of.ts";
import { startAtCompaction } from "./start-at-compaction.ts";

const compaction: ContentBlock = { type: "compaction", content: "They built a bridge." };
const answer: ContentBlock = { type: "text", text: "Now the gate." };
const before: readonly Message[] = [
  { role: "user", content: "Build a bridge" },
  { role: "assistant", content: [{ type: "tool_use", id: "t0", name: "Read", input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "t0", content: "stone" }] },
];
const after: readonly Message[] = [{ role: "user", content: "And a wall" }];

function started(messages: readonly Message[], more: Partial<MessagesRequest> = {}): readonly Message[] {
  return startAtCompaction({ model: "m", max_tokens: 1, messages, ...more }).messages;
}

/** What is left to be said, without the empty places of what is gone. */
function said(messages: readonly Message[]): readonly (readonly [Message["role"], readonly ContentBlock[]])[] {
  return messages.flatMap(({ role, content }) => {
    const blocks = blocksOf(content).filter((block) => block.type !== "text" || block.text !== "");
    return blocks.length === 0 ? [] : [[role, blocks] as const];
  });
}

const summary = { type: "text", text: "What was said before, in summary:\n\nThey built a bridge." };

describe("a compacted conversation", () => {
  test("SRV-09: begins with the summary, told by the user, and goes on behind it", () => {
    const messages = [...before, { role: "assistant" as const, content: [compaction, answer] }, ...after];
    expect(said(started(messages))).toEqual([
      ["user", [summary]],
      ["assistant", [answer]],
      ["user", [{ type: "text", text: "And a wall" }]],
    ]);
  });

  test("keeps the places of what is left, by which drops are told", () => {
    const messages = [...before, { role: "assistant" as const, content: [compaction, answer] }, ...after];
    const left = started(messages);
    expect(left).toHaveLength(messages.length);
    expect(blocksOf(left[3]?.content)[1]).toBe(answer);
    expect(left[4]).toBe(messages[4]);
  });

  test("that was paused behind its compaction goes on with what the client sent", () => {
    expect(said(started([...before, { role: "assistant", content: [compaction] }, ...after]))).toEqual([
      ["user", [summary]],
      ["user", [{ type: "text", text: "And a wall" }]],
    ]);
  });

  test.each([
    ["user", [["user", [summary, answer]]]],
    [
      "assistant",
      [
        ["user", [summary]],
        ["assistant", [answer]],
      ],
    ],
  ] as const)("whose first message is the compaction of the %s's begins with it", (role, left) => {
    const messages = [{ role, content: [compaction, answer] }];
    expect(said(started(messages))).toEqual(left);
    expect(said(started([{ role, content: [compaction] }]))).toEqual([["user", [summary]]]);
  });

  test("begins at its last compaction, and keeps the system messages in front", () => {
    const system: Message = { role: "system", content: "Be brief." };
    const later: ContentBlock = { type: "compaction", content: "And a gate.", cache_control: { type: "ephemeral" } };
    const messages: Message[] = [
      system,
      ...before,
      { role: "assistant", content: [compaction, answer] },
      ...after,
      { role: "assistant", content: [answer, later, answer] },
    ];
    const text = "What was said before, in summary:\n\nAnd a gate.";
    expect(said(started(messages))).toEqual([
      ["system", [{ type: "text", text: "Be brief." }]],
      ["user", [{ type: "text", text, cache_control: { type: "ephemeral" } }]],
      ["assistant", [answer]],
    ]);
  });

  test.each([null, "", undefined])("of which only a failed compaction tells (%j) stays whole", (content) => {
    const failed = { type: "compaction", ...(content !== undefined && { content }) } as const;
    const messages: Message[] = [...before, { role: "assistant", content: [failed, answer] }];
    expect(started(messages)).toBe(messages);
  });

  test("keeps the tools that it had loaded, as the block tells or as its messages told", () => {
    const tools = [
      { name: "Read", defer_loading: true, input_schema: {} },
      { name: "Write", input_schema: {} },
      { name: "Other", defer_loading: true, input_schema: {} },
    ];
    const reference = { type: "tool_reference", name: "Read" };
    const gone = { type: "tool_removal", tool: { type: "tool_reference", name: "Write" } } as const;
    const messages: Message[] = [...before, { role: "user", content: [gone] }];
    const ending = (block: ContentBlock): Message => ({ role: "assistant", content: [block] });
    expect(said(started([...messages, ending(compaction)], { tools }))).toEqual([
      ["user", [{ type: "tool_addition", tool: reference }, gone, summary]],
    ]);
    const told = {
      ...compaction,
      tool_changes: [{ type: "tool_addition", tool: { ...reference, name: "Other" } }],
    } as const;
    expect(said(started([...messages, ending(told)], { tools }))).toEqual([["user", [...told.tool_changes, summary]]]);
  });

  test("asks nothing of a conversation without compaction", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...before, ...after)), (messages) => {
        expect(started(messages)).toBe(messages);
      }),
    );
  });
});

test.each(
  [
    chatSpeaker("generic", {}),
    responsesSpeaker("gpt-5.6"),
    geminiSpeaker("gemini-3.8-flash", true),
    converseSpeaker("amazon.nova-pro-v1:0"),
  ].map((speaker) => [speaker.name, speaker] as const),
)("SRV-09: %s is told the summary in place of what it sums up, and nothing counts as left out", (_name, speaker) => {
  const failed = { type: "compaction", content: null } as const;
  const messages = [...before, { role: "assistant", content: [compaction, answer, failed] }, ...after];
  const tools = [{ name: "Read", input_schema: { type: "object" } }];
  const body = new TextEncoder().encode(JSON.stringify({ model: "m", max_tokens: 100, messages, tools }));
  const context = { messageId: "msg_1", askedModel: "m" };
  const translation = speaker.dialect.translate({ body, envelope: readEnvelope(body) }, speaker.target, context);
  const sent = new TextDecoder().decode(translation.body);
  for (const words of ["They built a bridge.", "Now the gate.", "And a wall"]) expect(sent).toContain(words);
  for (const words of ["Build a bridge", "stone", "compaction"]) expect(sent).not.toContain(words);
  expect(translation.dropped.filter(({ path }) => path.startsWith("messages"))).toEqual([]);
});
