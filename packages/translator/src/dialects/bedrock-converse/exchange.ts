import type { ContextManagement } from "../../messages/context-management.ts";
import type { NamingSource } from "../../conversation/tool-naming.ts";

/** The request as far as its answer depends on it. */
export interface ConverseExchange extends NamingSource {
  /** The model name that the client asked for and is told. */
  readonly askedModel: string;
  /** The model at Bedrock. */
  readonly model: string;
  /** True for Claude, whose reasoning goes to the client as it is. */
  readonly nativeReasoning: boolean;
  /** Estimate of the input for the head of the message, which nearly always is corrected at its end. */
  roughInputTokens(): number;
  /** Estimate of the input for answers that report none. */
  inputTokens(): number;
  /** What was done to the context of the request, for the answer to tell. */
  readonly contextManagement?: ContextManagement | undefined;
}
