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
export function requestFacts(incoming: IncomingFacts): RequestFacts {
  return new LazyFacts(incoming);
}

/** A class, because an object that is written out with getters has each of them defined anew for every request. */
class LazyFacts implements RequestFacts {
  readonly modelAsked: string;
  readonly endpoint: Endpoint;
  readonly stream: boolean;
  readonly maxTokens: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly sessionId: string | undefined;
  readonly #incoming: IncomingFacts;

  constructor(incoming: IncomingFacts) {
    const { facts } = incoming.call;
    this.modelAsked = facts.model;
    this.endpoint = incoming.endpoint;
    this.stream = facts.stream;
    this.maxTokens = facts.maxTokens;
    this.headers = incoming.headers;
    this.sessionId = incoming.sessionId;
    this.#incoming = incoming;
  }

  get inputTokens(): number {
    return this.#incoming.call.content.inputTokens;
  }

  get toolNames(): readonly string[] {
    return this.#incoming.call.tools().map(({ name }) => name);
  }

  get thinking(): boolean {
    return this.#incoming.call.content.thinking;
  }

  get images(): boolean {
    return this.#incoming.call.content.images;
  }

  get agent(): RequestFacts["agent"] {
    return agentOf(this.headers, this.#incoming.call.content);
  }

  get address(): string | undefined {
    return this.#incoming.address();
  }
}
