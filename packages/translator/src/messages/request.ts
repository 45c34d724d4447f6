import type { CacheControl, ContentBlock, TextBlock } from "./content.ts";

export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

export interface Message {
  readonly role: "user" | "assistant" | "system";
  readonly content: string | readonly ContentBlock[] | null;
  /** Per-turn control, on system messages only (beta `per-turn-control-2026-07-01`). */
  readonly output_config?: { readonly effort?: Effort };
  /** On system messages only: until when the text stays before the model. Source: `BetaSystemMessageParam`. */
  readonly clear_at?: "next_user_message" | "never" | null;
}

/** A tool. Client tools carry `input_schema`; tools that Anthropic defines carry a dated `type` instead. */
export interface Tool {
  readonly type?: string | null;
  readonly name: string;
  readonly description?: string | null;
  readonly input_schema?: unknown;
  readonly cache_control?: CacheControl | null;
  readonly defer_loading?: boolean;
  readonly strict?: boolean;
  readonly [key: string]: unknown;
}

export type ToolChoice =
  | { readonly type: "auto"; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: "any"; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: "tool"; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: "none" };

export type Thinking =
  | { readonly type: "enabled"; readonly budget_tokens: number; readonly display?: string }
  | { readonly type: "adaptive"; readonly display?: string }
  | { readonly type: "disabled" };

export interface OutputConfig {
  readonly effort?: Effort;
  readonly format?: { readonly type: "json_schema"; readonly schema: unknown };
}

/** A Messages request whose structure has been checked; keys that this package does not know stay in it. */
export interface MessagesRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly max_tokens: number;
  readonly system?: string | readonly TextBlock[] | null;
  readonly tools?: readonly Tool[] | null;
  readonly tool_choice?: ToolChoice | null;
  readonly thinking?: Thinking | null;
  readonly output_config?: OutputConfig | null;
  readonly stop_sequences?: readonly string[] | null;
  readonly stream?: boolean | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly metadata?: { readonly user_id?: string | null } | null;
  readonly [key: string]: unknown;
}
