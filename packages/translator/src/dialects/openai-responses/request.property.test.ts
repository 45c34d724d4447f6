import fc from "fast-check";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import { anyMessagesRequest, anyTurn } from "../../testing/any-messages-request.ts";
import { genericResponses, type ResponsesProfile } from "./profile.ts";
import { sealReasoning } from "./reasoning-state.ts";
import { encodeResponsesRequest } from "./request.ts";
import type { InputItem } from "./responses-request.ts";

const profile: fc.Arbitrary<ResponsesProfile> = fc
  .record({
    midSystem: fc.constantFrom("user-reminder", "developer"),
    images: fc.boolean(),
    files: fc.boolean(),
    toolMedia: fc.constantFrom("in-output", "in-user-message"),
    efforts: fc.constantFrom<ResponsesProfile["efforts"][]>([], ["none", "low", "high"]),
    reasoningBack: fc.boolean(),
    cacheBreakpoints: fc.boolean(),
    webSearch: fc.boolean(),
  } satisfies { [Key in keyof ResponsesProfile]?: fc.Arbitrary<ResponsesProfile[Key]> })
  .map((differences) => ({ ...genericResponses, ...differences }));

/** What OpenAI checks of the order: each call has one output after it, ids are unique, reasoning leads to something. */
function orderProblems(input: readonly InputItem[]): string[] {
  const problems: string[] = [];
  const open = new Set<string>();
  const seen = new Set<string>();
  for (const [index, item] of input.entries()) {
    if (item.type === "function_call") {
      if (seen.has(item.call_id)) problems.push(`${index}: the id ${item.call_id} comes twice`);
      seen.add(item.call_id);
      open.add(item.call_id);
    } else if (item.type === "function_call_output") {
      if (!open.delete(item.call_id)) problems.push(`${index}: an output without its call`);
    } else if (item.type === "reasoning" && !leadsOn(input[index + 1])) {
      problems.push(`${index}: reasoning that leads nowhere`);
    }
  }
  return open.size > 0 ? [...problems, `calls without outputs: ${[...open].join()}`] : problems;
}

/** What it checks of each item. */
function itemProblems(item: InputItem): string[] {
  if (item.type === "message") return item.content.length === 0 ? ["no content"] : [];
  if (item.type !== "function_call") return [];
  return [
    ...(/^[a-zA-Z0-9_-]{1,64}$/.test(item.name) ? [] : ["an illegal name"]),
    ...(item.call_id.length > 64 ? ["a long id"] : []),
    ...(item.arguments.startsWith("{") ? [] : ["arguments that are no object"]),
  ];
}

function leadsOn(next: InputItem | undefined): boolean {
  if (next?.type === "message") return next.role === "assistant";
  return next?.type === "reasoning" || next?.type === "function_call";
}

const runs = { numRuns: 500 };

test("TH-04 TH-05 TH-07 TK-23 MSG-15: any request becomes one that OpenAI accepts", () => {
  fc.assert(
    fc.property(anyMessagesRequest([sealReasoning({ id: "rs_1", encrypted: "E" })]), profile, (parts, given) => {
      const { body } = encodeResponsesRequest(messagesRequest(parts), "model", given);
      expect([...orderProblems(body.input), ...body.input.flatMap(itemProblems)]).toEqual([]);
      expect(body.input.length).toBeGreaterThan(0);
      if (body.tool_choice !== undefined) expect(body.tools).toBeDefined();
      expect(JSON.stringify(body.input)).not.toContain('"cache_control":');
    }),
    runs,
  );
});

test("EP-09: the same request gives the same bytes, and is not changed by it", () => {
  fc.assert(
    fc.property(anyMessagesRequest(), profile, (parts, given) => {
      const whole = messagesRequest(parts);
      const before = JSON.stringify(whole);
      const first = JSON.stringify(encodeResponsesRequest(whole, "model", given));
      expect(JSON.stringify(encodeResponsesRequest(whole, "model", given))).toBe(first);
      expect(JSON.stringify(whole)).toBe(before);
    }),
    runs,
  );
});

test("SYS-13 MSG-01: a conversation's items begin those of every longer one", () => {
  const itemsOf = (messages: readonly unknown[], given: ResponsesProfile): string[] =>
    encodeResponsesRequest(messagesRequest({ messages }), "model", given).body.input.map((item) =>
      JSON.stringify(item),
    );
  const turn = fc.tuple(fc.nat(3), fc.constantFrom("a", "b\n")).map(([count, said]) => {
    const ids = Array.from({ length: count }, (_, index) => `call_${index}`);
    return [
      {
        role: "assistant",
        content: [
          { type: "text", text: said },
          ...ids.map((id) => ({ type: "tool_use", id, name: "Read", input: {} })),
        ],
      },
      {
        role: "user",
        content: [
          ...ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: said })),
          { type: "text", text: `${said}?` },
        ],
      },
    ];
  });
  fc.assert(
    fc.property(
      fc.array(turn, { maxLength: 5 }),
      fc.array(anyTurn(), { maxLength: 3 }),
      profile,
      (turns, more, given) => {
        const earlier = [{ role: "user", content: "q" }, ...turns.flat()];
        const before = itemsOf(earlier, given);
        const after = itemsOf([...earlier, { role: "assistant", content: "then" }, ...more], given);
        expect(after.slice(0, before.length)).toEqual(before);
      },
    ),
    runs,
  );
});
