import type {
  ChatProfile,
  ConverseProfile,
  DialectName,
  GeminiProfile,
  ResponsesProfile,
} from "@drawbridge/translator";
import type { PlaceName } from "./catalog/entry.ts";
import type { CredentialSettings } from "./credential.ts";
import type { Secret } from "./secret.ts";
import type { ProviderDeadlines } from "./provider-deadlines.ts";

type PlaceSettings = { readonly [Name in PlaceName]?: string | undefined };

/**
 * What configuration says of one provider. Everything may be left out when the name is one of the catalogue's.
 * `apiKey`, `aws`, `google` and `azure` say of the only credential what `credentials` say of several.
 */
export interface ProviderSettings
  extends Pick<CredentialSettings, "apiKey" | "aws" | "google" | "azure">, PlaceSettings {
  /** Id in the catalogue; the provider's own name when that is one. */
  readonly kind?: string | undefined;
  /** One of the dialects that the vendor speaks, where it is not to be the usual one. */
  readonly dialect?: DialectName | undefined;
  /** What the vendor's own SDK takes: with `/v1` for OpenAI-compatible servers, without for Anthropic-compatible ones. */
  readonly baseUrl?: string | undefined;
  readonly credentials?: readonly CredentialSettings[] | undefined;
  /** Sent with every request, over everything else; names in any case. */
  readonly headers?: Readonly<Record<string, string | Secret>> | undefined;
  /** Models served there, in addition to those that listing finds. */
  readonly models?: readonly string[] | undefined;
  readonly timeouts?: Readonly<Partial<ProviderDeadlines>> | undefined;
  /**
   * What becomes of an answer whose reader leaves: it is read on for so long, so that what it costs is known; for 0 not at
   * all. Unless told, {@link usualReadOnMs} at vendors that bill it to its end, and not at all at others.
   */
  readonly onAbort?: { readonly readOnMs: number } | undefined;
  /** Corrections to what is known of the models, for the dialect in the name. */
  readonly chat?: Readonly<Partial<ChatProfile>> | undefined;
  readonly responses?: Readonly<Partial<ResponsesProfile>> | undefined;
  readonly gemini?: Readonly<Partial<GeminiProfile>> | undefined;
  readonly converse?: Readonly<Partial<ConverseProfile>> | undefined;
}

/** How long an answer is read on that is billed to its end. */
export const usualReadOnMs = 30_000;
