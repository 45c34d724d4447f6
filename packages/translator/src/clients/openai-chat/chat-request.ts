import { parseChecked } from "../../messages/parse-request.ts";
import type { CacheControl } from "../../messages/content.ts";
import { describeOpenAiProblem } from "../shared/describe-openai-problem.ts";
import { checkChatRequest } from "./check-request.ts";

/** One part of a message's content; other types may be there too. */
export type ChatPart = { readonly cache_control?: CacheControl | null } & (
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "refusal"; readonly refusal: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: "input_audio" }
  | {
      readonly type: "file";
      readonly file: {
        readonly file_data?: string | null;
        readonly file_id?: string | null;
        readonly filename?: string | null;
      };
    }
);

export interface ChatCall {
  readonly id: string;
  readonly function?: { readonly name: string; readonly arguments?: string | null } | null;
  readonly custom?: { readonly name: string; readonly input: string } | null;
}

export interface ChatMessage {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
  readonly content?: string | readonly ChatPart[] | null;
  readonly name?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ChatCall[] | null;
  readonly tool_call_id?: string | null;
  /** Not OpenAI's: what reasoning models' servers send, and this package too. */
  readonly reasoning_content?: string | null;
  readonly reasoning_details?: unknown;
}

export interface ChatToolDefinition {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: unknown;
  readonly strict?: boolean | null;
  readonly format?: unknown;
}

export type ChatTool = { readonly cache_control?: CacheControl | null } & (
  | { readonly type: "function"; readonly function: ChatToolDefinition }
  | { readonly type: "custom"; readonly custom: ChatToolDefinition }
);

export type ChatToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } }
  | { readonly type: "custom"; readonly custom: { readonly name: string } }
  | {
      readonly type: "allowed_tools";
      readonly allowed_tools: { readonly mode: "auto" | "required"; readonly tools: readonly unknown[] };
    };

/** A chat completions request as a client sends it. Source: `ChatCompletionCreateParams` in openai-node 7.57. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[] | null;
  readonly tool_choice?: ChatToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly reasoning_effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | null;
  readonly response_format?:
    | { readonly type: "text" | "json_object" }
    | { readonly type: "json_schema"; readonly json_schema: { readonly schema?: unknown } }
    | null;
  readonly [key: string]: unknown;
}

/** Parses a chat completions request and checks its structure. Throws a TranslatorError. */
export function parseChatRequest(body: Uint8Array): ChatRequest {
  return asChatRequest(parseChecked(body, checkChatRequest, describeOpenAiProblem));
}

/** Guaranteed by the check that the value has just passed; types of parts and tools that are not named may be there. */
function asChatRequest(value: unknown): ChatRequest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as ChatRequest;
}
