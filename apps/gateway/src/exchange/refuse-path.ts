import { GatewayError } from "../errors.ts";
import { answerError } from "./answer-error.ts";
import type { Exchange } from "./exchange.ts";

/** Answers a request to a path that is not served, or not with this method. Never rejects. */
export function refusePath(exchange: Exchange, code: "not-found" | "method-not-allowed"): Promise<void> {
  const { incoming } = exchange;
  const path = (incoming.url ?? "/").split("?", 1)[0] ?? "/";
  incoming.resume();
  const message =
    code === "not-found"
      ? `nothing is served at ${incoming.method} ${path.slice(0, 200)}: ${advice(path)}`
      : `${path} takes POST, not ${incoming.method}`;
  answerError(exchange, new GatewayError(code, message));
  return Promise.resolve();
}

function advice(path: string): string {
  if (path.startsWith("/openai/v1/responses/"))
    return "answers are given once and not kept here; send store: false and the whole conversation with every request";
  return path.startsWith("/openai/")
    ? "the base URL of OpenAI's SDKs is this gateway's URL followed by /openai/v1"
    : "set ANTHROPIC_BASE_URL to this gateway's URL followed by /anthropic";
}
