import type { BlockStart, MessageHead, StreamEvent } from "../../messages/events.ts";
import { bareId } from "../shared/bare-id.ts";
import { openAiErrorOf, type OpenAiError } from "../shared/openai-errors.ts";
import { UsageSoFar } from "../shared/usage-so-far.ts";
import { CustomCallItem, FunctionCallItem } from "./call-item.ts";
import { EventWriter } from "./event-writer.ts";
import { MessageItem } from "./message-item.ts";
import type { ItemPlace, OutputItem } from "./output-item.ts";
import { ReasoningOutput } from "./reasoning-output.ts";
import { responseObject, type ResponseState } from "./response-object.ts";
import type { ResponseSettings } from "./response-settings.ts";
import { SearchItem } from "./search-item.ts";
import type { ToolNames } from "./tool-names.ts";

/** What an answer depends on beside itself. */
export interface ResponsesAnswerOptions {
  readonly createdAtSeconds: number;
  readonly settings: ResponseSettings;
  readonly names: ToolNames;
}

/**
 * Writes the events of one answer as events of a Responses stream, in the order in which OpenAI sends them: each item
 * begins, grows and ends before the next one begins. Source: `ResponseStreamEvent` in openai-node.
 */
export class ResponsesStreamEncoder {
  readonly #options: ResponsesAnswerOptions;
  readonly #writer = new EventWriter();
  readonly #usage = new UsageSoFar();
  readonly #output: string[] = [];
  #suffix = "";
  #model: string;
  #open: OutputItem | undefined;
  #stopReason = "";

  constructor(options: ResponsesAnswerOptions) {
    this.#options = options;
    this.#model = options.settings.model;
  }

  /** The events that one event of a Messages stream amounts to, possibly none. */
  encode(event: StreamEvent): string {
    switch (event.type) {
      case "content_block_delta":
        return this.#open?.take(event.delta) ?? "";
      case "content_block_start":
        return this.#begin(event.content_block);
      case "content_block_stop":
        // Text may go on in the next block.
        return this.#open instanceof MessageItem ? "" : this.#close();
      case "message_start":
        return this.#start(event.message);
      case "message_delta":
        this.#usage.take(event.usage);
        this.#stopReason = event.delta.stop_reason;
        return this.#close();
      case "message_stop":
        return this.#complete();
      case "error":
        return this.#fail(openAiErrorOf(event.error));
      default:
        return "";
    }
  }

  /** The whole answer in JSON, once all events have passed. */
  response(): string {
    return this.#response({ status: "completed", usage: this.#usage, ...this.#ending() });
  }

  #start({ id, model, usage }: MessageHead): string {
    this.#usage.take(usage);
    this.#suffix = bareId(id);
    this.#model = model ?? this.#model;
    const fields = `"response":${this.#response({ status: "in_progress", usage: undefined })}}`;
    return this.#writer.raw("response.created", fields) + this.#writer.raw("response.in_progress", fields);
  }

  #begin(block: BlockStart): string {
    if (block.type === "text" && this.#open instanceof MessageItem) {
      this.#open.nextBlock();
      return "";
    }
    const closed = this.#close();
    this.#open = this.#itemFor(block);
    return closed + (this.#open?.start() ?? "");
  }

  #itemFor(block: BlockStart): OutputItem | undefined {
    switch (block.type) {
      case "text":
        return new MessageItem(this.#writer, this.#place("msg"));
      case "thinking":
        return new ReasoningOutput(this.#writer, this.#place("rs"));
      case "redacted_thinking":
        return new ReasoningOutput(this.#writer, this.#place("rs"), block.data);
      case "tool_use":
        return this.#call(block.id, block.name);
      case "server_tool_use":
        return block.name === "web_search" ? new SearchItem(this.#writer, this.#place("ws")) : undefined;
      default:
        return undefined;
    }
  }

  #call(callId: string, name: string): OutputItem {
    const tool = { ...(this.#options.names.get(name) ?? { name, custom: false }), callId };
    return tool.custom
      ? new CustomCallItem(this.#writer, this.#place("ctc"), tool)
      : new FunctionCallItem(this.#writer, this.#place("fc"), tool);
  }

  #place(prefix: string): ItemPlace {
    const index = this.#output.length;
    return { id: `${prefix}_${this.#suffix}_${index}`, index };
  }

  #close(): string {
    const item = this.#open;
    if (item === undefined) return "";
    this.#open = undefined;
    const ending = item.end();
    const whole = item.item();
    const fields = `"output_index":${this.#output.length},"item":${whole}}`;
    this.#output.push(whole);
    return ending + this.#writer.raw("response.output_item.done", fields);
  }

  #complete(): string {
    const type = `response.${this.#ending().status ?? "completed"}`;
    return this.#writer.raw(type, `"response":${this.response()}}`);
  }

  /** OpenAI's SDKs stop at the first of these two, and Codex knows only the second. */
  #fail(error: OpenAiError): string {
    this.#open = undefined;
    const { code, message, param } = error;
    const response = this.#response({ status: "failed", usage: undefined, error });
    return (
      this.#writer.event("error", { code, message, param }) +
      this.#writer.raw("response.failed", `"response":${response}}`)
    );
  }

  #ending(): Pick<ResponseState, "incompleteReason"> & Partial<Pick<ResponseState, "status">> {
    const incompleteReason = cutOff.get(this.#stopReason);
    return incompleteReason === undefined ? {} : { status: "incomplete", incompleteReason };
  }

  #response(state: Omit<ResponseState, "id" | "model">): string {
    const { settings, createdAtSeconds } = this.#options;
    const id = `resp_${this.#suffix}`;
    const settled = JSON.stringify(responseObject(settings, createdAtSeconds, { id, model: this.#model, ...state }));
    return `${settled.slice(0, -1)},"output":[${this.#output.join(",")}]}`;
  }
}

const cutOff = new Map<string, "max_output_tokens" | "content_filter">([
  ["max_tokens", "max_output_tokens"],
  ["model_context_window_exceeded", "max_output_tokens"],
  ["refusal", "content_filter"],
]);
