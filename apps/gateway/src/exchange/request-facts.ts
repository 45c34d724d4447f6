import type { Endpoint, RequestFacts } from "@drawbridge/governance";
import type { ClientCall } from "@drawbridge/translator";
import type { IncomingHttpHeaders } from "node:http";
import { agentOf } from "./agent-of.ts";

/** A request as it came in. */
export interface IncomingFacts {
  readonly endpoint: Endpoint;
  readonly call: ClientCall;
  readonly headers: IncomingHttpHeaders;
  readonly sessionId: string | undefined;
  /** Where it came from. */
  readonly address: () => string | undefined;
}

/** What rules can ask of a request; what is costly is found when it is read. */
export function requestFacts({ endpoint, call, headers, sessionId, address }: IncomingFacts): RequestFacts {
  const { facts, content } = call;
  return {
    modelAsked: facts.model,
    endpoint,
    stream: facts.stream,
    maxTokens: facts.maxTokens,
    headers,
    sessionId,
    get inputTokens() {
      return content.inputTokens;
    },
    get toolNames() {
      return call.tools().map(({ name }) => name);
    },
    get thinking() {
      return content.thinking;
    },
    get images() {
      return content.images;
    },
    get agent() {
      return agentOf(headers, content);
    },
    get address() {
      return address();
    },
  };
}
