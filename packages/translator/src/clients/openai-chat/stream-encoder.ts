import type { BlockDelta, BlockStart, MessageHead, StreamEvent } from "../../messages/events.ts";
import { customInputOf } from "../shared/tool-input.ts";
import { openAiErrorOf } from "../shared/openai-errors.ts";
import { UsageSoFar } from "../shared/usage-so-far.ts";
import { annotationOf } from "./annotations.ts";
import { answerId } from "./answer-id.ts";
import { chatUsage } from "./chat-usage.ts";
import { finishReason } from "./finish-reason.ts";
import { redactedDetail, thinkingDetail, type ReasoningDetail } from "./reasoning-details.ts";

/** What the client wants of its stream. */
export interface ChatStreamOptions {
  readonly createdAtSeconds: number;
  /** The model that was asked for, which a provider may forget to name. */
  readonly model: string;
  /** True when the client asked for a last chunk with the usage. */
  readonly includeUsage: boolean;
  /** Names of the tools that take one text instead of an object. */
  readonly custom: ReadonlySet<string>;
}

interface OpenCall {
  readonly position: number;
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
  /** Arguments of a custom tool, which are told whole because they are unwrapped; of others only whether there were any. */
  args: string;
}

/** Writes the events of one answer as chunks of a chat completion. Source: `ChatCompletionChunk` in openai-node. */
export class ChatStreamEncoder {
  readonly #options: ChatStreamOptions;
  readonly #usage = new UsageSoFar();
  /** How every chunk of this answer begins, up to the delta. */
  #head: string;
  #tail: string;
  #calls = 0;
  #open: OpenCall | undefined;
  #textLength = 0;
  #blockStart = 0;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
    this.#head = headOf(undefined, options);
    this.#tail = options.includeUsage ? `}],"usage":null}\n\n` : "}]}\n\n";
  }

  /** The chunks that one event amounts to, possibly none. */
  encode(event: StreamEvent): string {
    switch (event.type) {
      case "content_block_delta":
        return this.#grow(event.delta);
      case "content_block_start":
        return this.#begin(event.content_block);
      case "content_block_stop":
        return this.#closeCall();
      case "message_start":
        this.#usage.take(event.message.usage);
        this.#head = headOf(event.message, this.#options);
        return this.#chunk('{"role":"assistant","content":"","refusal":null}');
      case "message_delta":
        this.#usage.take(event.usage);
        return this.#chunk("{}", finishReason(event.delta.stop_reason));
      case "message_stop":
        return `${this.#usageChunk()}data: [DONE]\n\n`;
      case "error":
        return `data: ${JSON.stringify({ error: openAiErrorOf(event.error) })}\n\n`;
      default:
        return "";
    }
  }

  #grow(delta: BlockDelta): string {
    switch (delta.type) {
      case "text_delta":
        this.#textLength += delta.text.length;
        return this.#chunk(`{"content":${JSON.stringify(delta.text)}}`);
      case "thinking_delta":
        return this.#chunk(`{"reasoning_content":${JSON.stringify(delta.thinking)}}`);
      case "signature_delta":
        return this.#detail(thinkingDetail(delta.signature));
      case "input_json_delta":
        return this.#growCall(delta.partial_json);
      case "citations_delta":
        return this.#cite(delta.citation);
      default:
        return "";
    }
  }

  #begin(block: BlockStart): string {
    this.#blockStart = this.#textLength;
    if (block.type === "redacted_thinking") return this.#detail(redactedDetail(block.data));
    if (block.type !== "tool_use") return "";
    const { id, name } = block;
    const custom = this.#options.custom.has(name);
    this.#open = { position: this.#calls, id, name, custom, args: "" };
    this.#calls += 1;
    return custom ? "" : this.#call(`"id":${JSON.stringify(id)},"type":"function",`, { name, arguments: "" });
  }

  #growCall(json: string): string {
    const call = this.#open;
    if (call === undefined || json === "") return "";
    if (call.custom) {
      call.args += json;
      return "";
    }
    call.args = "some";
    return this.#call("", { arguments: json });
  }

  #closeCall(): string {
    const call = this.#open;
    if (call === undefined) return "";
    if (call.custom) {
      const custom = { name: call.name, input: customInputOf(call.args) };
      const whole = JSON.stringify([{ index: call.position, id: call.id, type: "custom", custom }]);
      this.#open = undefined;
      return this.#chunk(`{"tool_calls":${whole}}`);
    }
    const empty = call.args === "" ? this.#call("", { arguments: "{}" }) : "";
    this.#open = undefined;
    return empty;
  }

  #call(identity: string, part: { readonly name?: string; readonly arguments: string }): string {
    const index = this.#open?.position ?? 0;
    return this.#chunk(`{"tool_calls":[{"index":${index},${identity}"function":${JSON.stringify(part)}}]}`);
  }

  #detail(detail: ReasoningDetail): string {
    return this.#chunk(`{"reasoning_details":${JSON.stringify([detail])}}`);
  }

  #cite(citation: unknown): string {
    const annotation = annotationOf(citation, this.#blockStart, this.#textLength);
    return annotation === undefined ? "" : this.#chunk(`{"annotations":${JSON.stringify([annotation])}}`);
  }

  #chunk(delta: string, finish?: string): string {
    const reason = finish === undefined ? "null" : `"${finish}"`;
    return `${this.#head}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}${this.#tail}`;
  }

  #usageChunk(): string {
    if (!this.#options.includeUsage) return "";
    return `${this.#head}"choices":[],"usage":${JSON.stringify(chatUsage(this.#usage))}}\n\n`;
  }
}

function headOf(message: MessageHead | undefined, options: ChatStreamOptions): string {
  const id = answerId(message?.id);
  const model = message?.model ?? options.model;
  const head = JSON.stringify({ id, object: "chat.completion.chunk", created: options.createdAtSeconds, model });
  return `data: ${head.slice(0, -1)},`;
}
