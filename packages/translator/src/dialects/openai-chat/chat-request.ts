import type { JsonSchema } from "../../conversation/schema.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { Effort } from "../../messages/request.ts";

/** The mark of a prompt cache breakpoint, in whichever of the two spellings the server knows. */
export interface CacheMark {
  readonly cache_control?: CacheControl;
  readonly prompt_cache_breakpoint?: { readonly mode: "explicit" };
}

export interface TextPart extends CacheMark {
  readonly type: "text";
  readonly text: string;
}

export interface ImagePart {
  readonly type: "image_url";
  readonly image_url: { readonly url: string };
}

export interface FilePart {
  readonly type: "file";
  readonly file: { readonly filename: string; readonly file_data: string };
}

/** One part of a message. Source: `ChatCompletionContentPart` in openai-node. */
export type ChatPart = TextPart | ImagePart | FilePart;

/** A search that the server runs. Source: `OpenRouterWebSearchServerTool` in OpenRouter's SDK. */
export interface ChatSearchTool {
  readonly type: "openrouter:web_search";
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A message's content: a string wherever text alone says it, as strict servers take nothing else. */
export type ChatContent = string | readonly ChatPart[];

export interface ChatToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatAssistantMessage {
  readonly role: "assistant";
  readonly content: ChatContent | null;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly reasoning_details?: readonly unknown[];
  readonly tool_calls?: readonly ChatToolCall[];
  readonly prefix?: true;
}

export interface ChatToolMessage {
  readonly role: "tool";
  readonly tool_call_id: string;
  readonly content: ChatContent;
}

export interface ChatTextMessage {
  readonly role: "system" | "developer" | "user";
  readonly content: ChatContent;
}

export type ChatMessage = ChatTextMessage | ChatAssistantMessage | ChatToolMessage;

export interface ChatTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: JsonSchema;
    readonly strict?: true;
  };
}

export type ChatToolChoice =
  | "auto"
  | "required"
  | "none"
  | { readonly type: ChatSearchTool["type"] }
  | { readonly type: "function"; readonly function: { readonly name: string } };

export interface ChatResponseFormat {
  readonly type: "json_schema";
  readonly json_schema: { readonly name: string; readonly schema: JsonSchema; readonly strict?: true };
}

/**
 * A chat completions request. Keys are written in the order of this declaration, messages last, so that
 * each request of a conversation begins with the bytes of the one before.
 * Source: `ChatCompletionCreateParams` in openai-node 6.49; the last two switches are vLLM's and SGLang's.
 */
export interface ChatRequest {
  readonly model: string;
  readonly stream?: true;
  readonly stream_options?: { readonly include_usage: true };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop?: readonly string[];
  readonly reasoning_effort?: "none" | "minimal" | Effort;
  readonly thinking?: { readonly type: "enabled" | "disabled" };
  readonly response_format?: ChatResponseFormat;
  readonly prompt_cache_key?: string;
  readonly parallel_tool_calls?: false;
  readonly tool_choice?: ChatToolChoice;
  readonly tools?: readonly (ChatTool | ChatSearchTool)[];
  /** Perplexity. Source: `CompletionCreateParams` in its SDK. */
  readonly search_domain_filter?: readonly string[];
  readonly web_search_options?: { readonly user_location: Readonly<Record<string, string>> };
  /** Groq's compound systems. Source: `CompletionCreateParams.SearchSettings` in groq-sdk. */
  readonly search_settings?: {
    readonly include_domains?: readonly string[];
    readonly exclude_domains?: readonly string[];
  };
  readonly continue_final_message?: true;
  readonly add_generation_prompt?: false;
  readonly messages: readonly ChatMessage[];
}
