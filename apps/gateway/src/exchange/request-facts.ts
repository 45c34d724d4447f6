import type { Endpoint, RequestFacts } from "@drawbridge/governance";
import type { ClientCall } from "@drawbridge/translator";
import { agentOf } from "./agent-of.ts";
import { clientAddress } from "./client-address.ts";
import type { Exchange } from "./exchange.ts";

/** What rules can ask of a request; what is costly is found when it is read. */
export function requestFacts(exchange: Exchange, endpoint: Endpoint, { facts, content }: ClientCall): RequestFacts {
  const { incoming, notes, snapshot } = exchange;
  return {
    modelAsked: facts.model,
    endpoint,
    stream: facts.stream,
    maxTokens: facts.maxTokens,
    headers: incoming.headers,
    sessionId: notes.sessionId,
    get inputTokens() {
      return content.inputTokens;
    },
    get toolNames() {
      return content.toolNames;
    },
    get thinking() {
      return content.thinking;
    },
    get images() {
      return content.images;
    },
    get agent() {
      return agentOf(incoming.headers, content);
    },
    get address() {
      return clientAddress(incoming, snapshot.trustedProxies);
    },
  };
}
