/** A prompt cache breakpoint. Source: Anthropic docs, "Prompt caching". */
export interface CacheControl {
  readonly type: "ephemeral";
  readonly ttl?: "5m" | "1h";
}

/** Where the bytes of an image or a document are. */
export type MediaSource =
  | { readonly type: "base64"; readonly media_type: string; readonly data: string }
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "file"; readonly file_id: string }
  | { readonly type: "text"; readonly media_type?: string; readonly data: string }
  | { readonly type: "content"; readonly content: string | readonly ContentBlock[] };

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly unknown[] | null;
  readonly cache_control?: CacheControl | null;
}

export interface ImageBlock {
  readonly type: "image";
  readonly source: MediaSource;
  readonly cache_control?: CacheControl | null;
}

export interface DocumentBlock {
  readonly type: "document";
  readonly source: MediaSource;
  readonly title?: string | null;
  readonly context?: string | null;
  readonly citations?: { readonly enabled?: boolean } | null;
  readonly cache_control?: CacheControl | null;
}

export interface SearchResultBlock {
  readonly type: "search_result";
  readonly title: string;
  readonly source: string;
  readonly content: readonly TextBlock[];
}

export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  readonly signature?: string | null;
}

export interface RedactedThinkingBlock {
  readonly type: "redacted_thinking";
  readonly data: string;
}

export interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly cache_control?: CacheControl | null;
}

export interface ToolResultBlock {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content?: string | readonly ContentBlock[] | null;
  readonly is_error?: boolean | null;
  readonly cache_control?: CacheControl | null;
}

/** Names a tool that the client has loaded by tool search; stands inside a tool result. */
export interface ToolReferenceBlock {
  readonly type: "tool_reference";
  readonly tool_name: string;
}

/** A tool that the provider itself runs: the call … */
export interface ServerToolUseBlock {
  readonly type: "server_tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** … and what came of it. */
export interface WebSearchToolResultBlock {
  readonly type: "web_search_tool_result";
  readonly tool_use_id: string;
  readonly content: unknown;
}

/** The summary of everything before it; without content, word that there is none. Source: `BetaCompactionBlockParam` in anthropic-sdk-typescript. */
export interface CompactionBlock {
  readonly type: "compaction";
  readonly content?: string | null;
  readonly encrypted_content?: string | null;
  readonly tool_changes?: readonly ToolChangeBlock[] | null;
  readonly cache_control?: CacheControl | null;
}

/** Offers a tool from here on, or withdraws it; see `toolChange`. */
export interface ToolChangeBlock {
  readonly type: "tool_addition" | "tool_removal";
  readonly tool: object;
}

/**
 * The content blocks that this package knows. A client may send others (new features arrive as new
 * block types), so every `switch` on `type` keeps a `default` that reports what it left out.
 */
export type ContentBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | SearchResultBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | ToolReferenceBlock
  | ServerToolUseBlock
  | WebSearchToolResultBlock
  | CompactionBlock
  | ToolChangeBlock;
