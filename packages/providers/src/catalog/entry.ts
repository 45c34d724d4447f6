import type { ChatProfile, DialectName } from "@drawbridge/translator";

/** How the API key travels. */
export type AuthScheme = "bearer" | "x-api-key" | "x-goog-api-key";

/** What the models of one name pattern take, where it differs from the rest of the vendor's. */
export interface ModelProfile {
  /** Name pattern; `*` stands for anything. */
  readonly match: string;
  readonly profile: Partial<ChatProfile>;
}

/** What is known in advance of one kind of provider. */
export interface CatalogEntry {
  readonly id: string;
  /** The vendor's name as people write it. */
  readonly title: string;
  readonly dialect: DialectName;
  /** What the vendor's own SDK takes; absent when every user has another. */
  readonly baseUrl?: string;
  /** Environment variables in which the key usually stands, the commonest first; absent when no key is needed. */
  readonly apiKeyVariables?: readonly string[];
  readonly auth: AuthScheme;
  /** Patterns of bare model names that belong to this provider. */
  readonly knows: readonly string[];
  /** Where Claude's large (opus, sonnet) and small (haiku) models go while nothing is configured. */
  readonly defaultModels?: { readonly large: string; readonly small: string };
  /** What the vendor's models take. Patterns are applied in order, the later over the earlier. */
  readonly chatProfiles?: readonly ModelProfile[];
  /** True for servers that people run on their own machine. */
  readonly local?: true;
}
