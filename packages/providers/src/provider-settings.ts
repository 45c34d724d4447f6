import type { ChatProfile } from "@drawbridge/translator";
import type { Secret } from "./secret.ts";
import type { Deadlines } from "./transport.ts";

/** What configuration says of one provider. Everything may be left out when the name is one of the catalogue's. */
export interface ProviderSettings {
  /** Id in the catalogue; the provider's own name when that is one. */
  readonly kind?: string | undefined;
  /** What the vendor's own SDK takes: with `/v1` for OpenAI-compatible servers, without for Anthropic-compatible ones. */
  readonly baseUrl?: string | undefined;
  readonly apiKey?: Secret | undefined;
  /** Sent with every request, over everything else; names in any case. */
  readonly headers?: Readonly<Record<string, string | Secret>> | undefined;
  /** Models served there, in addition to those that listing finds. */
  readonly models?: readonly string[] | undefined;
  readonly timeouts?: Readonly<Partial<Deadlines>> | undefined;
  /** Corrections to what the catalogue says an OpenAI-compatible server takes. */
  readonly chat?: Readonly<Partial<ChatProfile>> | undefined;
}

/** How long a call may take unless configuration says otherwise: thinking models may be silent for minutes. */
export const defaultDeadlines: Deadlines = {
  connectMs: 10_000,
  firstByteMs: 600_000,
  idleMs: 300_000,
  totalMs: 3_600_000,
};
