import type { ContentBlock } from "./content.ts";
import type { ContextManagement } from "./context-management.ts";
import type { StopDetails, StopReason } from "./events.ts";
import type { WireUsage } from "./usage.ts";

/** A whole answer of the Messages API. Source: `Message` in anthropic-sdk-typescript. */
export interface Answer {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly stop_details?: StopDetails;
  readonly usage: WireUsage;
  readonly context_management?: ContextManagement;
}
