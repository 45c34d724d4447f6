import { type Answer, type AnswerToolCall, type AnswerUsage, finishOf } from "./answer.ts";
import { chatError } from "./chat-rendering.ts";
import { argumentsOf } from "./count-usage.ts";
import { fieldsAt, type Fields, isFields } from "./json-fields.ts";
import { type ErrorWords, piecesOf, type RenderContext, type Rendering, type WireEvent } from "./rendering.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import { signatureOf } from "./signature-of.ts";

/** One item of the output: how it begins, what it streams, and what it is in the end. */
interface RenderedItem {
  readonly begun: Fields;
  readonly events: readonly Unplaced[];
  readonly done: Fields;
}

/** An event that does not know its item's place yet. */
type Unplaced = Fields & { readonly type: string };

/** Writes answers as OpenAI's Responses API does. */
export const responsesRendering: Rendering = {
  format: serverSentEvents,
  stream(answer, context) {
    const begun = responseOf(context, "in_progress", []);
    const items = itemsOf(answer, context);
    const whole = wholeOf(answer, context);
    const content = items.flatMap((item, place) => itemEvents(item, place));
    const events = [
      { role: "head", body: { type: "response.created", response: begun } },
      { role: "head", body: { type: "response.in_progress", response: begun } },
      ...content.map((body) => ({ role: "content", body }) as const),
      { role: "finish", body: { type: `response.${whole.status}`, response: whole } },
    ] as const;
    return events.map(({ role, body }, number) => named(body, number, role));
  },
  whole: wholeOf,
  error: chatError,
  errorEvent: (words) => named(errorOf(words), 0, "content"),
};

/** What seals the reasoning of an item; the fake provider asks it back unchanged. */
export function sealOf(itemId: string): string {
  return `gAAAAA${Buffer.from(signatureOf(itemId)).toString("base64url")}`;
}

function named(body: Unplaced, number: number, role: WireEvent["role"]): WireEvent {
  return { event: body.type, data: JSON.stringify({ ...body, sequence_number: number }), role };
}

// Source: `ResponseErrorEvent` in openai-node.
function errorOf({ message, code }: ErrorWords): Unplaced {
  return { type: "error", code: code ?? "server_error", message, param: null };
}

function wholeOf(answer: Answer, context: RenderContext): Fields & { readonly status: string } {
  const cut = finishOf(answer) === "length";
  const output = itemsOf(answer, context).map((item) => item.done);
  return {
    ...responseOf(context, cut ? "incomplete" : "completed", output),
    status: cut ? "incomplete" : "completed",
    incomplete_details: cut ? { reason: "max_output_tokens" } : null,
    usage: context.usage === undefined ? null : wireUsage(context.usage),
  };
}

function responseOf(context: RenderContext, status: string, output: readonly Fields[]): Fields {
  const { instructions = null, tools = [], tool_choice = "auto", max_output_tokens = null } = fieldsOf(context.body);
  return {
    id: `resp_fake_${context.index}`,
    object: "response",
    created_at: 1_700_000_000,
    status,
    error: null,
    incomplete_details: null,
    instructions,
    max_output_tokens,
    model: context.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: 1,
    tool_choice,
    tools,
    top_p: 1,
    truncation: "disabled",
    usage: null,
    metadata: {},
  };
}

function wireUsage(usage: Required<AnswerUsage>): Fields {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.thinkingTokens },
    total_tokens: input + usage.outputTokens,
  };
}

function itemsOf(answer: Answer, context: RenderContext): RenderedItem[] {
  const calls = (answer.toolCalls ?? []).map((call, number) => callItem(call, answer, `${context.index}_${number}`));
  return [...reasoningItem(answer, context), ...messageItem(answer, context), ...calls];
}

/** The summary is told to those who ask for it, the sealed reasoning to those who include it. */
function reasoningItem(answer: Answer, { index, body }: RenderContext): RenderedItem[] {
  const { thinking } = answer;
  if (thinking === undefined) return [];
  const id = `rs_fake_${index}`;
  const { include } = fieldsOf(body);
  const sealed = Array.isArray(include) && include.includes("reasoning.encrypted_content");
  const told = fieldsAt(body, "reasoning")["summary"] !== undefined;
  const begun = { type: "reasoning", id, summary: [], ...(sealed && { encrypted_content: sealOf(id) }) };
  const part = { type: "summary_text", text: thinking };
  const at = { item_id: id, summary_index: 0 };
  const deltas = piecesOf(thinking, answer.deltaChars ?? 12);
  const events = [
    { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
    ...deltas.map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
    { type: "response.reasoning_summary_text.done", ...at, text: thinking },
    { type: "response.reasoning_summary_part.done", ...at, part },
  ];
  return [{ begun, events: told ? events : [], done: told ? { ...begun, summary: [part] } : begun }];
}

function messageItem(answer: Answer, { index }: RenderContext): RenderedItem[] {
  const { text } = answer;
  if (text === undefined) return [];
  const refused = finishOf(answer) === "refusal";
  const say = (words: string): Fields =>
    refused ? { type: "refusal", refusal: words } : { type: "output_text", text: words, annotations: [], logprobs: [] };
  const id = `msg_fake_${index}`;
  const begun = { type: "message", id, status: "in_progress", role: "assistant", content: [] };
  const at = { item_id: id, content_index: 0 };
  const kind = refused ? "refusal" : "output_text";
  const logprobs = refused ? {} : { logprobs: [] };
  const deltas = piecesOf(text, answer.deltaChars ?? 12);
  return [
    {
      begun,
      events: [
        { type: "response.content_part.added", ...at, part: say("") },
        ...deltas.map((delta) => ({ type: `response.${kind}.delta`, ...at, delta, ...logprobs })),
        { type: `response.${kind}.done`, ...at, ...(refused ? { refusal: text } : { text, ...logprobs }) },
        { type: "response.content_part.done", ...at, part: say(text) },
      ],
      done: { ...begun, status: "completed", content: [say(text)] },
    },
  ];
}

function callItem(call: AnswerToolCall, answer: Answer, number: string): RenderedItem {
  const id = `fc_fake_${number}`;
  const { name } = call;
  const begun = {
    type: "function_call",
    id,
    status: "in_progress",
    call_id: call.id ?? `call_fake_${number}`,
    name,
    arguments: "",
  };
  const written = argumentsOf(call);
  const at = { item_id: id };
  const deltas = piecesOf(written, answer.deltaChars ?? 12);
  return {
    begun,
    events: [
      ...deltas.map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
      { type: "response.function_call_arguments.done", ...at, name, arguments: written },
    ],
    done: { ...begun, status: "completed", arguments: written },
  };
}

function itemEvents(item: RenderedItem, place: number): Unplaced[] {
  return [
    { type: "response.output_item.added", output_index: place, item: item.begun },
    ...item.events.map((event) => ({ ...event, output_index: place })),
    { type: "response.output_item.done", output_index: place, item: item.done },
  ];
}

function fieldsOf(body: unknown): Fields {
  return isFields(body) ? body : {};
}
