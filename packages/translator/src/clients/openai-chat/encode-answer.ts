import { readAnswer } from "../shared/read-answer.ts";
import { customInputOf } from "../shared/tool-input.ts";
import { UsageSoFar } from "../shared/usage-so-far.ts";
import { annotationOf, type Annotation } from "./annotations.ts";
import { answerId } from "./answer-id.ts";
import { chatUsage } from "./chat-usage.ts";
import { finishReason } from "./finish-reason.ts";
import { redactedDetail, thinkingDetail, type ReasoningDetail } from "./reasoning-details.ts";

/** What a whole answer depends on beside itself. */
export interface ChatAnswerOptions {
  readonly createdAtSeconds: number;
  readonly custom: ReadonlySet<string>;
}

/** Writes a whole answer of the Messages API as a chat completion. Source: `ChatCompletion` in openai-node. */
export function encodeChatAnswer(body: Uint8Array, { createdAtSeconds, custom }: ChatAnswerOptions): string {
  const { answer, inputs } = readAnswer(body);
  const usage = new UsageSoFar();
  usage.take(answer["usage"]);
  const message = new MessageFold(custom);
  for (const [index, block] of answer.content.entries()) message.take(block, inputs[index] ?? "{}");
  return JSON.stringify({
    id: answerId(answer["id"]),
    object: "chat.completion",
    created: createdAtSeconds,
    model: answer["model"],
    choices: [
      { index: 0, message: message.message(), logprobs: null, finish_reason: finishReason(answer["stop_reason"]) },
    ],
    usage: chatUsage(usage),
  });
}

class MessageFold {
  readonly #custom: ReadonlySet<string>;
  #text: string | undefined;
  #reasoning = "";
  readonly #details: ReasoningDetail[] = [];
  readonly #calls: object[] = [];
  readonly #annotations: Annotation[] = [];

  constructor(custom: ReadonlySet<string>) {
    this.#custom = custom;
  }

  take(block: Readonly<Record<string, unknown>>, input: string): void {
    const { type, text, thinking, signature, data } = block;
    if (type === "text" && typeof text === "string") this.#say(text, block["citations"]);
    else if (type === "tool_use") this.#call(block, input);
    else if (type === "redacted_thinking") this.#details.push(redactedDetail(data));
    else if (type === "thinking") {
      if (typeof thinking === "string") this.#reasoning += thinking;
      this.#details.push(thinkingDetail(signature, thinking));
    }
  }

  message(): object {
    return {
      role: "assistant",
      content: this.#text ?? null,
      refusal: null,
      ...(this.#reasoning === "" ? {} : { reasoning_content: this.#reasoning }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls }),
      ...(this.#annotations.length === 0 ? {} : { annotations: this.#annotations }),
    };
  }

  #say(text: string, citations: unknown): void {
    const before = this.#text ?? "";
    this.#text = before + text;
    if (!Array.isArray(citations)) return;
    for (const citation of citations) {
      const annotation = annotationOf(citation, before.length, this.#text.length);
      if (annotation !== undefined) this.#annotations.push(annotation);
    }
  }

  #call({ id, name }: Readonly<Record<string, unknown>>, input: string): void {
    const custom = typeof name === "string" && this.#custom.has(name);
    this.#calls.push(
      custom
        ? { id, type: "custom", custom: { name, input: customInputOf(input) } }
        : { id, type: "function", function: { name, arguments: input } },
    );
  }
}
