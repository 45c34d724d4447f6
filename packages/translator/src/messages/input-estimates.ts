import { estimateInputTokens } from "./estimate-input-tokens.ts";
import type { MessagesRequest } from "./request.ts";

/** Of Claude Code's requests without media; within an eighth of the careful estimate, which costs as much as parsing. */
export const bytesPerToken = 3.5;
/** Larger bodies mostly hold media, whose bytes say nothing of their tokens. */
export const maxRoughBytes = 256 * 1024;

/** Estimates of a request's input, made only when somebody asks. */
export interface InputEstimates {
  /** For the head of an answer, which nearly always is corrected at its end. */
  roughInputTokens(): number;
  /** For providers that report none. */
  inputTokens(): number;
}

/** Estimates for a request whose body had `bytes` bytes. */
export function inputEstimates(request: MessagesRequest, bytes: number): InputEstimates {
  return {
    roughInputTokens: () => (bytes <= maxRoughBytes ? Math.ceil(bytes / bytesPerToken) : estimateInputTokens(request)),
    inputTokens: () => estimateInputTokens(request),
  };
}
