import type { NamingSource } from "../../conversation/tool-naming.ts";
import type { AnsweredRequest } from "../../stream/answer-state.ts";

/** The request as far as its answer depends on it. */
export interface ConverseExchange extends NamingSource, AnsweredRequest {
  /** The model at Bedrock. */
  readonly model: string;
  /** True for Claude, whose reasoning goes to the client as it is. */
  readonly nativeReasoning: boolean;
}
