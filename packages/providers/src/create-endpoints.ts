import {
  type ChatProfile,
  converseProfileOf,
  type Dialect,
  type DialectName,
  geminiProfileOf,
  genericChat,
  messagesOn,
  responsesProfileOf,
  type Target,
} from "@drawbridge/translator";
import type { CatalogEntry, Places, Surface } from "./catalog/entry.ts";
import type { Credential } from "./credential.ts";
import { dialectHeaders } from "./dialect-headers.ts";
import type { Endpoint } from "./endpoint.ts";
import { globTest } from "./glob.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What endpoints are made from. */
export interface EndpointSource {
  readonly entry: CatalogEntry;
  readonly settings: ProviderSettings;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  /** The provider's own region among them. */
  readonly places: Places;
  readonly baseUrlAt: (places: Places) => string;
}

/** Endpoints are worked out once a model and credential; the bound stops a client that invents names. */
const maxModels = 1_000;

/** How the models of a provider are reached. The same model and credential always give the same object. */
export function createEndpoints(source: EndpointSource): (model: string, credential: Credential) => Endpoint {
  const surfaceOf = surfaces(source);
  const chatProfileOf = chatProfiles(source);
  const known = new Map<Credential, Map<string, Endpoint>>();
  return (model, credential) => {
    let endpoints = known.get(credential);
    if (endpoints === undefined) known.set(credential, (endpoints = new Map()));
    let endpoint = endpoints.get(model);
    if (endpoint === undefined) {
      if (endpoints.size >= maxModels) endpoints.clear();
      const { settings, places: own, baseUrlAt, dialects } = source;
      const surface = surfaceOf(model);
      const places = credential.region === undefined ? own : { ...own, region: credential.region };
      const dialect = surface.platform === undefined ? dialects[surface.dialect] : messagesOn(surface.platform);
      endpoint = {
        dialect,
        headers: dialectHeaders(dialect),
        target: targetOf({ model, dialect: surface.dialect, settings, chat: () => chatProfileOf(model) }),
        baseUrl: `${baseUrlAt(places)}${surface.path?.(places, model) ?? ""}`,
        query: surface.query?.(places) ?? "",
      };
      endpoints.set(model, endpoint);
    }
    return endpoint;
  };
}

function surfaces({ entry, settings }: EndpointSource): (model: string) => Surface {
  const { dialect } = settings;
  if (dialect !== undefined && dialect !== entry.dialect) {
    const chosen = entry.choices?.find((choice) => choice.dialect === dialect) ?? entry;
    return () => chosen;
  }
  const rules = (entry.surfaces ?? []).map((surface) => ({ applies: globTest(surface.match), surface }));
  return (model) => rules.find(({ applies }) => applies(model))?.surface ?? entry;
}

interface TargetSource {
  readonly model: string;
  readonly dialect: DialectName;
  readonly settings: ProviderSettings;
  readonly chat: () => ChatProfile;
}

function targetOf({ model, dialect, settings, chat }: TargetSource): Target {
  switch (dialect) {
    case "openai-chat":
      return { model, chat: chat() };
    case "openai-responses":
      return { model, responses: { ...responsesProfileOf(model), ...settings.responses } };
    case "gemini":
      return { model, gemini: { ...geminiProfileOf(model), ...settings.gemini } };
    case "bedrock-converse":
      return { model, converse: { ...converseProfileOf(model), ...settings.converse } };
    case "anthropic-messages":
      return { model };
  }
}

function chatProfiles({ entry, settings }: EndpointSource): (model: string) => ChatProfile {
  const rules = (entry.chatProfiles ?? []).map(({ match, profile }) => ({ applies: globTest([match]), profile }));
  return (model) => {
    const matching = rules.filter((rule) => rule.applies(model));
    const fromCatalog = matching.reduce<ChatProfile>((whole, rule) => ({ ...whole, ...rule.profile }), genericChat);
    return { ...fromCatalog, ...settings.chat };
  };
}
