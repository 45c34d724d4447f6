import type { OpenAIEffort } from "../../conversation/openai-effort.ts";
import type { JsonSchema } from "../../conversation/schema.ts";

/** The mark of an explicit prompt cache breakpoint. */
export interface CacheBreakpoint {
  readonly prompt_cache_breakpoint?: { readonly mode: "explicit" };
}

export interface InputText extends CacheBreakpoint {
  readonly type: "input_text";
  readonly text: string;
}

export interface InputImage {
  readonly type: "input_image";
  readonly image_url: string;
  readonly detail: "auto";
}

export interface InputFile {
  readonly type: "input_file";
  readonly filename?: string;
  readonly file_data?: string;
  readonly file_url?: string;
}

/** One part of a message or of a function's output. Source: `ResponseInputContent` in openai-node. */
export type InputPart = InputText | InputImage | InputFile;

/** Content: a string wherever text alone says it. */
export type InputContent = string | readonly InputPart[];

export interface MessageItem {
  readonly type: "message";
  readonly role: "user" | "developer";
  readonly content: InputContent;
}

/** An earlier answer. It has no id: ids are the server's own, and it keeps nothing by which to know them. */
export interface AnswerItem {
  readonly type: "message";
  readonly role: "assistant";
  readonly content: string;
}

export interface CallItem {
  readonly type: "function_call";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface OutputItem {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: InputContent;
}

export interface ReasoningItem {
  readonly type: "reasoning";
  readonly id: string;
  readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
  readonly content?: readonly { readonly type: "reasoning_text"; readonly text: string }[];
  readonly encrypted_content?: string;
}

/** One item of a conversation. Source: `ResponseInputItem` in openai-node. */
export type InputItem = MessageItem | AnswerItem | CallItem | OutputItem | ReasoningItem;

export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description?: string;
  readonly parameters: JsonSchema;
  /** Always said: the API takes silence for true and would make every property required. */
  readonly strict: boolean;
}

export interface SearchTool {
  readonly type: "web_search";
  readonly filters?: { readonly allowed_domains: readonly string[] };
  readonly user_location?: Readonly<Record<string, string>> & { readonly type: "approximate" };
}

export type ResponsesToolChoice =
  | "auto"
  | "required"
  | "none"
  | { readonly type: "function"; readonly name: string }
  | {
      readonly type: "allowed_tools";
      readonly mode: "required";
      readonly tools: readonly { readonly type: "web_search" }[];
    };

export interface ReasoningSetting {
  readonly effort?: OpenAIEffort;
  readonly summary?: "auto";
}

/**
 * A request of the Responses API. Keys are written in the order of this declaration, the conversation last, so that
 * each request of a conversation begins with the bytes of the one before.
 * Source: `ResponseCreateParams` in openai-node 7.57.
 */
export interface ResponsesRequest {
  readonly model: string;
  readonly stream?: true;
  readonly stream_options?: { readonly include_obfuscation: false };
  /** The client sends the whole conversation each time; nothing needs to be kept. */
  readonly store: false;
  readonly include?: readonly ("reasoning.encrypted_content" | "web_search_call.action.sources")[];
  readonly reasoning?: ReasoningSetting;
  readonly max_output_tokens: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly text?: {
    readonly format: {
      readonly type: "json_schema";
      readonly name: string;
      readonly schema: JsonSchema;
      readonly strict: boolean;
    };
  };
  readonly prompt_cache_key?: string;
  readonly max_tool_calls?: number;
  readonly parallel_tool_calls?: false;
  readonly tool_choice?: ResponsesToolChoice;
  readonly tools?: readonly (FunctionTool | SearchTool)[];
  readonly instructions?: string;
  readonly input: readonly InputItem[];
}
