import type { Dialect, DialectName } from "@drawbridge/translator";

/** Headers that a wire format wants in every request; names in lower case. */
export function dialectHeaders({ name, forwardedHeaders }: Dialect): Readonly<Record<string, string>> {
  const headers = { "content-type": "application/json", accept: accepted[name] };
  // Source: Anthropic docs, "Versions": the header is required, and a client's own value goes over it. Platforms that
  // pass no such header on read the version in the body.
  return forwardedHeaders.includes("anthropic-version") ? { ...headers, "anthropic-version": "2023-06-01" } : headers;
}

const accepted: Readonly<Record<DialectName, string>> = {
  "anthropic-messages": "application/json",
  gemini: "application/json, text/event-stream",
  "bedrock-converse": "application/json, application/vnd.amazon.eventstream",
  "openai-chat": "application/json, text/event-stream",
  "openai-responses": "application/json, text/event-stream",
};
