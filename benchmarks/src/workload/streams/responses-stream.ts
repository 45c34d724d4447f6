import type { ScriptedAnswer } from "./scripted-answer.ts";

const suffix = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";

/** The answer as OpenAI's Responses API streams it. Source: `ResponseStreamEvent` in openai-node. */
export function responsesStream(answer: ScriptedAnswer): string[] {
  const events = [opening(), ...reasoning(answer), ...message(answer), ...call(answer)];
  const usage = { input_tokens: 12_200, output_tokens: 1_450, total_tokens: 13_650 };
  events.push({ type: "response.completed", response: { ...response, status: "completed", usage } });
  return events.map((event, number) => {
    // OpenAI fills the events of deltas up, so that their sizes tell nothing.
    const padding = event.type.endsWith(".delta") ? { obfuscation: "aB3dE5gH7jK9mN1p".slice(number % 16) } : {};
    return `event: ${event.type}\ndata: ${JSON.stringify({ ...event, ...padding, sequence_number: number })}\n\n`;
  });
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

const response = { id: `resp_${suffix}`, object: "response", model: "gpt-5.5", output: [] };

function opening(): Event {
  return { type: "response.created", response: { ...response, status: "in_progress", usage: null } };
}

function reasoning({ thinking }: ScriptedAnswer): Event[] {
  const id = `rs_${suffix}`;
  const item = { id, type: "reasoning", summary: [], encrypted_content: "Z0FBQUFB".repeat(60) };
  const summary = [{ type: "summary_text", text: thinking.join("") }];
  const place = { item_id: id, output_index: 0, summary_index: 0 };
  return [
    { type: "response.output_item.added", output_index: 0, item },
    ...thinking.map((delta) => ({ type: "response.reasoning_summary_text.delta", ...place, delta })),
    { type: "response.output_item.done", output_index: 0, item: { ...item, summary } },
  ];
}

function message({ text }: ScriptedAnswer): Event[] {
  const id = `msg_${suffix}`;
  const item = { id, type: "message", status: "completed", role: "assistant" };
  const content = [{ type: "output_text", annotations: [], logprobs: [], text: text.join("") }];
  const place = { item_id: id, output_index: 1, content_index: 0 };
  return [
    { type: "response.output_item.added", output_index: 1, item: { ...item, status: "in_progress", content: [] } },
    ...text.map((delta) => ({ type: "response.output_text.delta", ...place, delta, logprobs: [] })),
    { type: "response.output_item.done", output_index: 1, item: { ...item, content } },
  ];
}

function call({ tool }: ScriptedAnswer): Event[] {
  const id = `fc_${suffix}`;
  const item = { id, type: "function_call", call_id: tool.id, name: tool.name };
  const place = { item_id: id, output_index: 2 };
  const whole = { ...item, status: "completed", arguments: tool.input.join("") };
  return [
    { type: "response.output_item.added", output_index: 2, item: { ...item, status: "in_progress", arguments: "" } },
    ...tool.input.map((delta) => ({ type: "response.function_call_arguments.delta", ...place, delta })),
    { type: "response.output_item.done", output_index: 2, item: whole },
  ];
}
