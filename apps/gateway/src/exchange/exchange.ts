import type { IncomingMessage, ServerResponse } from "node:http";
import type { Lease, Principal } from "@drawbridge/governance";
import type { Attempt } from "@drawbridge/providers";
import { messagesClient, type ClientDialect, type Dropped, type Metered } from "@drawbridge/translator";
import type { Services, Snapshot } from "../services.ts";

/** A request and its answer on the wire. */
export interface HttpExchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

export type Outcome = "ok" | "refused" | "failed" | "truncated" | "cancelled";

/** What is known of an exchange while it runs; becomes its record at the end. */
export interface ExchangeNotes {
  keyId: string | undefined;
  keyName: string | undefined;
  sessionId: string | undefined;
  modelAsked: string | undefined;
  maxTokens: number | undefined;
  provider: string | undefined;
  model: string | undefined;
  /** The credential's name. */
  credential: string | undefined;
  stream: boolean | undefined;
  outcome: Outcome | undefined;
  failureKind: string | undefined;
  failureMessage: string | undefined;
  /** How long the provider that is asked now is to be read on when the client leaves. */
  readOnMs: number;
  /** Calls made, those of repaired requests included. */
  attempts: number;
  /** The routes tried, in order. */
  readonly tried: Attempt[];
  bytesIn: number;
  bytesOut: number;
  firstEventMs: number | undefined;
  dropped: readonly Dropped[];
  /** What of the provider's head is for the client. */
  head: { readonly relayed?: Readonly<Record<string, string>> | undefined } | undefined;
  metered: Metered | undefined;
  principal: Principal | undefined;
  /** Routing rules that held, in order; undefined where there are none. */
  rules: readonly string[] | undefined;
  /** On whose account it runs, where it counts. */
  lease: Lease | undefined;
}

/** One exchange with a client, from its first byte to its record. */
export interface Exchange extends HttpExchange {
  readonly id: string;
  /** The wire format that the client speaks. */
  readonly client: ClientDialect;
  readonly services: Services;
  /** What the configuration was when it began, and is for it to its end. */
  readonly snapshot: Snapshot;
  readonly startedMs: number;
  /**
   * Aborted when the client leaves before its answer is complete, at once or when the provider has been read on for as long
   * as is wanted, or when the gateway stops.
   */
  readonly signal: AbortSignal;
  /** Ends the provider's work as if the client had left; for a gateway that stops. */
  cutOff(): void;
  /** Says that nothing of it is under way any more. */
  end(): void;
  readonly notes: ExchangeNotes;
}

const nothingDropped: readonly Dropped[] = [];

/** Opens an exchange: gives it an id and ties the provider's work to the client's presence. */
export function openExchange(
  services: Services,
  { incoming, outgoing }: HttpExchange,
  client: ClientDialect = messagesClient,
): Exchange {
  const gone = new AbortController();
  const notes = emptyNotes();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) services.readingOn.leave(gone, notes.readOnMs);
  });
  // The next request of this client is for another gateway.
  if (services.lifecycle.phase !== "serving") outgoing.shouldKeepAlive = false;
  const session = incoming.headers["x-claude-code-session-id"];
  if (typeof session === "string") notes.sessionId = session;
  return {
    id: services.newId("req"),
    client,
    services,
    snapshot: services.snapshot(),
    incoming,
    outgoing,
    startedMs: services.clock(),
    signal: gone.signal,
    cutOff: () => gone.abort(),
    end: () => services.readingOn.forget(gone),
    notes,
  };
}

/** Every note from the beginning, so that all exchanges share one hidden class. */
function emptyNotes(): ExchangeNotes {
  return {
    keyId: undefined,
    keyName: undefined,
    sessionId: undefined,
    modelAsked: undefined,
    maxTokens: undefined,
    provider: undefined,
    model: undefined,
    credential: undefined,
    stream: undefined,
    outcome: undefined,
    failureKind: undefined,
    failureMessage: undefined,
    readOnMs: 0,
    attempts: 0,
    tried: [],
    bytesIn: 0,
    bytesOut: 0,
    firstEventMs: undefined,
    dropped: nothingDropped,
    metered: undefined,
    rules: undefined,
    principal: undefined,
    lease: undefined,
    head: undefined,
  };
}
