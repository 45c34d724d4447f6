import type { CatalogEntry } from "./catalog/entry.ts";
import type { Credential } from "./credential.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ModelList } from "./model-list.ts";
import type { ModelOwner } from "./models/model-book.ts";
import type { CallDeadlines, ProviderDeadlines } from "./provider-deadlines.ts";
import type { Transport } from "./transport.ts";

/** A configured provider: where its requests go, with which credentials, and what its models take. */
export interface Provider {
  /** The name that configuration gives it; the part before the slash in `gpu/qwen3-coder`. */
  readonly name: string;
  readonly entry: CatalogEntry;
  /** Where it computes, as far as settings or its address tell. */
  readonly region: string | undefined;
  /** The vendor's own name of the region that its address is of; undefined for an address of none. */
  readonly addressRegion: string | undefined;
  /** Whose prices hold where a credential is used: this provider, or what it is in the credential's region. */
  ownerWith(credential: Pick<Credential, "region">): ModelOwner;
  /** All of them, each once. */
  readonly owners: readonly ModelOwner[];
  /** At least one. Made once; never logged. */
  readonly credentials: readonly [Credential, ...Credential[]];
  /** Headers that settings want in every request, over all others; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How a model is reached with a credential; the same object each time. */
  endpoint(model: string, credential: Credential): Endpoint;
  /** True when a bare model name belongs to this provider. */
  knows(model: string): boolean;
  /** Models named in configuration or found by listing; may grow while the gateway runs. */
  readonly models: readonly string[];
  /** Where its models are listed; empty when they are not. */
  readonly modelListUrls: readonly string[];
  /** Refreshing it is what makes `models` grow. */
  readonly modelList: ModelList;
  readonly deadlines: ProviderDeadlines;
  /** The same as a transport keeps them; made once. */
  readonly callDeadlines: CallDeadlines;
  /** How long an answer is read on when its reader leaves. */
  readonly readOnMs: number;
  readonly transport: Transport;
  /** Advice on settings that are probably a mistake but may be meant. */
  readonly hints: readonly string[];
}
