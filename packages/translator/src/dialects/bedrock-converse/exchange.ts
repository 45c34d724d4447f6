import type { AnsweredShape } from "../../conversation/answered-shape.ts";
import type { NamingSource } from "../../conversation/tool-naming.ts";
import type { InputEstimates } from "../../messages/input-estimates.ts";

/** The request as far as its answer depends on it. */
export interface ConverseExchange extends AnsweredShape, NamingSource, InputEstimates {
  /** The model at Bedrock. */
  readonly model: string;
  /** True for Claude, whose reasoning goes to the client as it is. */
  readonly nativeReasoning: boolean;
}
