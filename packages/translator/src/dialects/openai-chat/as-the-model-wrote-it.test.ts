import { expect, test } from "vitest";
import { chunk, runChunks, runWhole } from "../../testing/index.ts";

const callOf = (input: string): object => ({
  tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "Read", arguments: input } }],
});
const whole = (message: object, finish: string): object => ({
  choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
});

// Mending values by the tool's schema is not done: a guess can turn a path "5" into a number, and the client checks a
// call against the schema anyway and tells the model what is wrong, which the model then mends knowingly.
test.each([
  { limit: "5", offset: "1" },
  { all: "true", list: "[1,2]" },
  { pages: "", path: "5" },
  { limit: 5, all: true },
])("RS-23: the values of a call keep the types that the model gave them: %j", (input) => {
  const expected = [{ type: "tool_use", id: "a", name: "Read", input }];
  expect(runWhole(whole(callOf(JSON.stringify(input)), "tool_calls")).content).toEqual(expected);
  const streamed = runChunks([chunk(callOf(JSON.stringify(input))), chunk({}, "tool_calls")]);
  expect(streamed.content).toEqual(expected);
});

// Reading calls out of text is not done: an answer that explains such a call would run it.
test.each([
  '<tool_call>{"name":"Bash","arguments":{"command":"ls"}}</tool_call>',
  "<function=Bash><parameter=command>ls</parameter></function>",
  '<|python_tag|>{"name":"Bash","parameters":{}}',
])("RS-25: a call that the model prints as text stays text: %s", (text) => {
  expect(runWhole(whole({ content: text }, "stop"))).toMatchObject({
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
  });
  const pieces = Array.from(text, (letter) => chunk({ content: letter }));
  const streamed = runChunks([...pieces, chunk({}, "stop")]);
  expect(streamed.content).toEqual([{ type: "text", text }]);
  expect(streamed.metered.stopReason).toBe("end_turn");
});
