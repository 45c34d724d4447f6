import type { DemoRequest } from "./demo-request.ts";
import { charactersPerToken, type DemoAnswer } from "./plan-demo-answer.ts";

/** One piece of a streamed answer and how long the demo waits before it. */
export interface DemoPiece {
  readonly data: string;
  readonly delayMs: number;
}

/** What an answer needs from outside. */
export interface DemoIdentity {
  readonly id: string;
  readonly createdSeconds: number;
}

/** Writes an answer as one chat completion. */
export function renderWhole(answer: DemoAnswer, request: DemoRequest, identity: DemoIdentity): string {
  const message = {
    role: "assistant",
    content: answer.text,
    ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
    ...(answer.toolCall === undefined
      ? {}
      : { tool_calls: [{ id: callId(identity), type: "function", function: answer.toolCall }] }),
  };
  return JSON.stringify({
    ...envelope(request, identity, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: answer.finish }],
    usage: usageOf(answer, request),
  });
}

/** Writes an answer as the events of a streamed chat completion, in the order and at the pace in which a model gives them. */
export function renderStream(answer: DemoAnswer, request: DemoRequest, identity: DemoIdentity): DemoPiece[] {
  const head = envelope(request, identity, "chat.completion.chunk");
  const event = (delta: object, delayMs: number, finish: string | null = null): DemoPiece => ({
    data: `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    delayMs,
  });
  return [
    event({ role: "assistant", content: "" }, 20),
    ...pieces(answer.reasoning, 24).map((piece) => event({ reasoning_content: piece }, 30)),
    ...pieces(answer.text, 12).map((piece) => event({ content: piece }, 15)),
    ...toolDeltas(answer, identity).map((delta) => event(delta, 20)),
    event({}, 10, answer.finish),
    { data: `data: ${JSON.stringify({ ...head, choices: [], usage: usageOf(answer, request) })}\n\n`, delayMs: 0 },
    { data: "data: [DONE]\n\n", delayMs: 0 },
  ];
}

function toolDeltas({ toolCall }: DemoAnswer, identity: DemoIdentity): object[] {
  if (toolCall === undefined) return [];
  const opening = {
    index: 0,
    id: callId(identity),
    type: "function",
    function: { name: toolCall.name, arguments: "" },
  };
  const parts = pieces(toolCall.arguments, 20).map((piece) => ({ index: 0, function: { arguments: piece } }));
  return [opening, ...parts].map((call) => ({ tool_calls: [call] }));
}

/** Cuts at the ends of words, so that each piece reads well; never inside a surrogate pair. */
function pieces(text: string, about: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${about}}?(?:(?<=\\s)|$)|\\S{${about}}`, "gu")) ?? [];
}

function callId({ id }: DemoIdentity): string {
  return `call_${id}`;
}

function envelope({ model }: DemoRequest, { id, createdSeconds }: DemoIdentity, object: string): object {
  return { id: `chatcmpl-${id}`, object, created: createdSeconds, model };
}

function usageOf({ reasoning, text, toolCall }: DemoAnswer, { promptTokens }: DemoRequest): object {
  const tokens = (written: string): number => Math.ceil(written.length / charactersPerToken);
  const thought = tokens(reasoning);
  const completion = thought + tokens(text) + tokens(toolCall?.arguments ?? "");
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    completion_tokens_details: { reasoning_tokens: thought },
  };
}
