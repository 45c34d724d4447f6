import type { TokenCount } from "../dialects/dialect.ts";
import { estimateInputTokens } from "../messages/estimate-input-tokens.ts";
import { parseCountRequest } from "../messages/parse-request.ts";
import { readCountRequest } from "./count-request.ts";

/**
 * An answer to a `count_tokens` request without asking anybody, which errs high: of what the model would read once the
 * context has been edited as the request asks, and beside it of what the client sent. Throws a TranslatorError as
 * `parseCountRequest` does. Source: `BetaMessageTokensCount` in anthropic-sdk-typescript.
 */
export function estimateCount(body: Uint8Array): TokenCount {
  const { request, contextManagement } = readCountRequest(body);
  const input_tokens = estimateInputTokens(request);
  if (contextManagement === undefined) return { input_tokens };
  const original_input_tokens = estimateInputTokens(parseCountRequest(body));
  return { input_tokens, context_management: { original_input_tokens } };
}
