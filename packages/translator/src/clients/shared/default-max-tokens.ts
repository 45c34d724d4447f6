/**
 * The limit of an answer whose client names none, in tokens: OpenAI's API has none then, and the Messages API wants one.
 * Claude Code uses the same for models it does not know; providers' smaller limits are kept by repairing the request.
 */
export const defaultMaxTokens = 32_000;
