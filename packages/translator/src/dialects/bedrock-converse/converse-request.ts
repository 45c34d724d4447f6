import type { JsonSchema } from "../../conversation/schema.ts";

/** The end of what a cache is to keep. */
export interface CachePoint {
  readonly cachePoint: { readonly type: "default"; readonly ttl?: "1h" };
}

export interface TextBlock {
  readonly text: string;
}

/** Bytes go over the wire as base64. */
export interface ImageBlock {
  readonly image: { readonly format: "png" | "jpeg" | "gif" | "webp"; readonly source: { readonly bytes: string } };
}

export interface DocumentBlock {
  readonly document: {
    readonly format: "pdf";
    readonly name: string;
    readonly source: { readonly bytes: string };
  };
}

/** What a tool's result and a user's message may hold alike. */
export type ContentPart = TextBlock | ImageBlock | DocumentBlock;

export interface ToolUseBlock {
  readonly toolUse: {
    readonly toolUseId: string;
    readonly name: string;
    readonly input: Readonly<Record<string, unknown>>;
  };
}

export interface ToolResultBlock {
  readonly toolResult: {
    readonly toolUseId: string;
    readonly content: readonly ContentPart[];
    readonly status?: "error";
  };
}

export interface ReasoningBlock {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
    | { readonly redactedContent: string };
}

export type ConverseBlock = ContentPart | ToolUseBlock | ToolResultBlock | ReasoningBlock | CachePoint;

export interface ConverseMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ConverseBlock[];
}

export interface ToolSpec {
  readonly toolSpec: {
    readonly name: string;
    readonly description?: string;
    readonly inputSchema: { readonly json: JsonSchema };
    readonly strict?: true;
  };
}

export type ToolChoice =
  | { readonly auto: Readonly<Record<string, never>> }
  | { readonly any: Readonly<Record<string, never>> }
  | { readonly tool: { readonly name: string } };

export interface ToolConfig {
  readonly tools: readonly (ToolSpec | CachePoint)[];
  readonly toolChoice?: ToolChoice;
}

export interface InferenceConfig {
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stopSequences?: readonly string[];
}

/** What only some models take, under their own names. */
export type ModelFields = Readonly<Record<string, unknown>>;

export interface OutputConfig {
  readonly textFormat: {
    readonly type: "json_schema";
    readonly structure: { readonly jsonSchema: { readonly schema: string; readonly name: string } };
  };
}

/**
 * A request of Converse and ConverseStream; the model is in the URL. Keys are written in the order of this
 * declaration, messages last, so that each request of a conversation begins with the bytes of the one before.
 * Source: `ConverseRequest` in @aws-sdk/client-bedrock-runtime.
 */
export interface ConverseRequest {
  readonly inferenceConfig: InferenceConfig;
  readonly additionalModelRequestFields?: ModelFields;
  readonly additionalModelResponseFieldPaths?: readonly string[];
  readonly outputConfig?: OutputConfig;
  readonly toolConfig?: ToolConfig;
  readonly system?: readonly (TextBlock | CachePoint)[];
  readonly messages: readonly ConverseMessage[];
}
