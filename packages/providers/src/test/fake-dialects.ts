import type { Dialect, DialectName, ErrorAnswer, UpstreamFailure } from "@drawbridge/translator";

function fakeDialect(name: DialectName, create: string, models: string): Dialect {
  return {
    name,
    paths: { create, models },
    forwardedHeaders: name === "anthropic-messages" ? ["anthropic-beta", "anthropic-version"] : [],
    ...(name === "anthropic-messages" && { forwardsQuery: true as const }),
    translate: () => {
      throw new Error("not used");
    },
    readFailure: (answer: ErrorAnswer): UpstreamFailure => ({
      kind: answer.status === 401 ? "unauthenticated" : "server-error",
      message: `status ${answer.status}`,
      status: answer.status,
    }),
    repair: () => undefined,
  };
}

/** Dialects that have names and paths and translate nothing. */
export function fakeDialects(): Record<DialectName, Dialect> {
  return {
    gemini: fakeDialect("gemini", "/models", "/models"),
    "openai-chat": fakeDialect("openai-chat", "/chat/completions", "/models"),
    "openai-responses": fakeDialect("openai-responses", "/responses", "/models"),
    "anthropic-messages": fakeDialect("anthropic-messages", "/v1/messages", "/v1/models"),
    "bedrock-converse": fakeDialect("bedrock-converse", "/converse", "/foundation-models"),
  };
}
