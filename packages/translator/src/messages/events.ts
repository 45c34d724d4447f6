import type { ContextManagement } from "./context-management.ts";
import type { WireUsage } from "./usage.ts";

/** Why an answer ended. Source: Anthropic docs, "Handling stop reasons". */
export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "tool_use"
  | "pause_turn"
  | "refusal"
  | "compaction"
  | "model_context_window_exceeded";

/** How a block begins: always empty, its content follows in deltas. */
export type BlockStart =
  | { readonly type: "text"; readonly text: "" }
  | { readonly type: "thinking"; readonly thinking: ""; readonly signature: "" }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: Record<string, never> }
  | {
      readonly type: "server_tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: Record<string, never>;
    }
  | { readonly type: "web_search_tool_result"; readonly tool_use_id: string; readonly content: unknown }
  | { readonly type: "compaction"; readonly content: null; readonly encrypted_content: null };

export type BlockDelta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "input_json_delta"; readonly partial_json: string }
  | { readonly type: "citations_delta"; readonly citation: unknown }
  | { readonly type: "compaction_delta"; readonly content: string | null; readonly encrypted_content: null };

export interface StopDetails {
  readonly type: "refusal";
  readonly category: string | null;
  readonly explanation: string | null;
}

/** The head of an answer as `message_start` carries it. */
export interface MessageHead {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly never[];
  readonly stop_reason: null;
  readonly stop_sequence: null;
  readonly usage: WireUsage;
}

/** One event of a Messages stream. Source: Anthropic docs, "Streaming messages". */
export type StreamEvent =
  | { readonly type: "message_start"; readonly message: MessageHead }
  | { readonly type: "content_block_start"; readonly index: number; readonly content_block: BlockStart }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | {
      readonly type: "message_delta";
      readonly delta: {
        readonly stop_reason: StopReason;
        readonly stop_sequence: string | null;
        readonly stop_details?: StopDetails;
      };
      readonly usage: WireUsage;
      readonly context_management?: ContextManagement;
    }
  | { readonly type: "message_stop" }
  | { readonly type: "ping" }
  | { readonly type: "error"; readonly error: { readonly type: string; readonly message: string } };
