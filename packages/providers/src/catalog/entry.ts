import type { ChatProfile, DialectName, GeminiProfile, MessagesPlatform } from "@drawbridge/translator";

/** How an API key travels. */
export type AuthScheme = "bearer" | "x-api-key" | "x-goog-api-key" | "api-key";

/** Clouds that authorise a call by more than a key; what does it is given to `createProvider` as `clouds`. */
export type CloudName = "aws" | "azure" | "google";

/** Names of the settings from which an address is made. */
export type PlaceName = "account" | "apiVersion" | "project" | "region" | "resource";

/** The values of such settings; a missing one is undefined. */
export type Places = { readonly [Name in PlaceName]?: string | undefined };

/** A setting from which the address is made. */
export interface PlaceRule {
  readonly name: PlaceName;
  /** Environment variables in which it usually stands, the commonest first. */
  readonly variables: readonly string[];
  /** What it must look like: it becomes part of a host name or a path. */
  readonly pattern: RegExp;
  /** Said of a missing or wrong one: "a region such as eu-central-1". */
  readonly wanted: string;
  /** Taken where nothing is given; without it and `optional` the setting must be given. */
  readonly fallback?: string;
  readonly optional?: true;
  /** Finds it in a longer text that people keep, such as a URL; its first group is the value. */
  readonly within?: RegExp;
}

/** What the models of one name pattern take, where it differs from the rest of the vendor's. */
export interface ModelProfile {
  /** Name pattern; `*` stands for anything. */
  readonly match: string;
  readonly profile: Partial<ChatProfile>;
}

/** How models are spoken to, and where below the base URL. */
export interface Surface {
  readonly dialect: DialectName;
  /** With `anthropic-messages`: the rules of a platform that serves it by its own. */
  readonly platform?: MessagesPlatform;
  /** What comes between the base URL and the dialect's own paths. */
  readonly path?: (places: Places, model: string) => string;
  /** What follows the dialect's own paths, beginning with its question mark; empty for nothing. */
  readonly query?: (places: Places) => string;
  /** With `gemini`: where its models differ from those of the Gemini API. */
  readonly gemini?: Partial<GeminiProfile>;
}

/** A surface that only some of a vendor's models have. */
export interface ModelSurface extends Surface {
  /** Patterns of the vendor's own model names. */
  readonly match: readonly string[];
}

/** What is known in advance of one kind of provider. */
export interface CatalogEntry extends Surface {
  readonly id: string;
  /** The vendor's name as people write it. */
  readonly title: string;
  /** Models that are spoken to otherwise than the rest; the first that matches counts. */
  readonly surfaces?: readonly ModelSurface[];
  /** Surfaces that settings may choose for all models, by their dialect or by an address that ends in their path. */
  readonly choices?: readonly Surface[];
  /** Below which all surfaces begin, or how it is made; absent when every user has another. */
  readonly baseUrl?: string | ((places: Places) => string);
  /** The dialect of the choice that counts at an address other than the vendor's own, as long as settings say nothing. */
  readonly elsewhere?: DialectName;
  /** What the address is made of. */
  readonly places?: readonly PlaceRule[];
  /** Finds the region that one of the vendor's addresses names, as its first group, where no setting makes the address. */
  readonly regionIn?: RegExp;
  /** Environment variables in which the key usually stands, the commonest first; absent when no key is needed. */
  readonly apiKeyVariables?: readonly string[];
  /** True when those keys open more than models: one in the environment does not say that its models are meant. */
  readonly keyOpensMore?: true;
  /** Environment variables that say, set to anything but 0 or false, that this provider is meant. */
  readonly switches?: readonly string[];
  /** Several where parts of the vendor's API read different headers. */
  readonly auth: AuthScheme | readonly AuthScheme[];
  /** Authorises calls where no key is given. */
  readonly cloud?: CloudName;
  /** What that cloud's tokens must be for, where its usual ones are refused. */
  readonly tokenScope?: string;
  /** Patterns of bare model names that belong to this provider. */
  readonly knows: readonly string[];
  /** Patterns of those among them that are another's. */
  readonly knowsNot?: readonly string[];
  /** Where Claude's large (opus, sonnet) and small (haiku) models go while nothing is configured. */
  readonly defaultModels?: { readonly large: string; readonly small: string };
  /** What the vendor's models take in chat completions. Patterns are applied in order, the later over the earlier. */
  readonly chatProfiles?: readonly ModelProfile[];
  /** Where models are listed, if not at the dialect's own path below the base URL; empty when they are not. */
  readonly modelLists?: (baseUrl: string, places: Places) => readonly string[];
  /**
   * True where an answer is written and billed to its end when its reader leaves. Source: openrouter.ai/docs, "Streaming",
   * "Stream cancellation", for all that it names.
   */
  readonly billsOn?: true;
  /** True for servers that people run on their own machine. */
  readonly local?: true;
}
