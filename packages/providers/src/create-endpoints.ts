import {
  type ChatProfile,
  converseProfileOf,
  type Dialect,
  type DialectName,
  geminiProfileOf,
  genericChat,
  type MessagesPlatform,
  messagesOn,
  responsesProfileOf,
  type Target,
} from "@drawbridge/translator";
import type { CatalogEntry, Places, Surface } from "./catalog/entry.ts";
import type { Credential } from "./credential.ts";
import { dialectHeaders } from "./dialect-headers.ts";
import type { Endpoint } from "./endpoint.ts";
import { globTest } from "./glob.ts";
import { modelFacts } from "./models/model-facts.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What endpoints are made from. */
export interface EndpointSource {
  readonly entry: CatalogEntry;
  readonly settings: ProviderSettings;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  /** How all models are spoken to, where settings have chosen. */
  readonly surface: Surface | undefined;
  /** The provider's own region among them. */
  readonly places: Places;
  readonly baseUrlAt: (places: Places) => string;
}

/** Endpoints are worked out once a model and credential; the bound stops a client that invents names. */
const maxModels = 1_000;

/** How the models of a provider are reached. The same model and credential always give the same object. */
export function createEndpoints(source: EndpointSource): (model: string, credential: Credential) => Endpoint {
  const surfaceOf = surfaces(source);
  const dialectOf = dialectsOf(source);
  const chatProfileOf = chatProfiles(source);
  const known = new Map<Credential, Map<string, Endpoint>>();
  return (model, credential) => {
    let endpoints = known.get(credential);
    if (endpoints === undefined) known.set(credential, (endpoints = new Map()));
    let endpoint = endpoints.get(model);
    if (endpoint === undefined) {
      if (endpoints.size >= maxModels) endpoints.clear();
      const { entry, settings, places: own, baseUrlAt } = source;
      const surface = surfaceOf(model);
      const places = credential.region === undefined ? own : { ...own, region: credential.region };
      const dialect = dialectOf(surface);
      // A server of one's own has limits of its own.
      const limit = entry.baseUrl === undefined ? undefined : modelFacts(entry, model).maxOutputTokens;
      endpoint = {
        dialect,
        headers: dialectHeaders(dialect),
        target: targetOf({ model, surface, settings, limit, chat: () => chatProfileOf(model) }),
        baseUrl: `${baseUrlAt(places)}${surface.path?.(places, model) ?? ""}`,
        query: surface.query?.(places) ?? "",
      };
      endpoints.set(model, endpoint);
    }
    return endpoint;
  };
}

function surfaces({ entry, surface: chosen }: EndpointSource): (model: string) => Surface {
  if (chosen !== undefined) return () => chosen;
  const rules = (entry.surfaces ?? []).map((surface) => ({ applies: globTest(surface.match), surface }));
  return (model) => rules.find(({ applies }) => applies(model))?.surface ?? entry;
}

/** A platform's dialect is made once, not for each of its models. */
function dialectsOf({ dialects }: EndpointSource): (surface: Surface) => Dialect {
  const made = new Map<MessagesPlatform, Dialect>();
  return ({ dialect, platform }) => {
    if (platform === undefined) return dialects[dialect];
    const own = made.get(platform) ?? messagesOn(platform);
    made.set(platform, own);
    return own;
  };
}

interface TargetSource {
  readonly model: string;
  readonly surface: Surface;
  readonly settings: ProviderSettings;
  /** Greatest number of tokens that the model can answer, as far as known. */
  readonly limit: number | undefined;
  readonly chat: () => ChatProfile;
}

function targetOf({ model, surface, settings, limit, chat }: TargetSource): Target {
  switch (surface.dialect) {
    case "openai-chat":
      return { model, chat: bounded(chat(), limit) };
    case "openai-responses":
      return { model, responses: bounded({ ...responsesProfileOf(model), ...settings.responses }, limit) };
    case "gemini":
      return { model, gemini: { ...geminiProfileOf(model), ...surface.gemini, ...settings.gemini } };
    case "bedrock-converse":
      return { model, converse: { ...converseProfileOf(model), ...settings.converse } };
    case "anthropic-messages":
      return { model };
  }
}

type Ranged = Pick<ChatProfile, "maxTokensRange">;

/** A profile that says nothing of the model's limit, with what is known of it otherwise. */
function bounded<Profile extends Ranged>(profile: Profile, limit: number | undefined): Profile {
  const { min, max } = profile.maxTokensRange;
  if (limit === undefined || max !== Number.MAX_SAFE_INTEGER) return profile;
  return { ...profile, maxTokensRange: { min, max: limit } };
}

function chatProfiles({ entry, settings }: EndpointSource): (model: string) => ChatProfile {
  const rules = (entry.chatProfiles ?? []).map(({ match, profile }) => ({ applies: globTest([match]), profile }));
  return (model) => {
    const matching = rules.filter((rule) => rule.applies(model));
    const fromCatalog = matching.reduce<ChatProfile>((whole, rule) => ({ ...whole, ...rule.profile }), genericChat);
    return { ...fromCatalog, ...settings.chat };
  };
}
