import { aliasOf } from "@drawbridge/governance";
import type { Services } from "../services.ts";
import { answerJson } from "./answer-json.ts";
import { openExchange, type HttpExchange } from "./exchange.ts";
import { checkUsable, usableModels } from "./usable-models.ts";

/** A model as the Models API shows it. Source: `ModelInfo` in anthropic-sdk-typescript. */
interface ModelInfo {
  readonly type: "model";
  readonly id: string;
  /** Never null: Claude Code throws the whole list away for one such entry. */
  readonly display_name: string;
  readonly created_at: string;
}

/** `GET /v1/models`: every model that the key may use. Never rejects. */
export function handleModelList(services: Services, http: HttpExchange): Promise<void> {
  return answerJson(openExchange(services, http), async ({ incoming }, snapshot) => {
    const models = (await usableModels(snapshot, incoming.headers)).map(modelInfo);
    return page(models, new URL(incoming.url ?? "/", "http://localhost").searchParams);
  });
}

/** `GET /v1/models/{id}`: one of them, by its id, its alias or any name that routes. Never rejects. */
export function handleModel(services: Services, http: HttpExchange, id: string): Promise<void> {
  return answerJson(openExchange(services, http), ({ incoming }, snapshot) => {
    checkUsable(snapshot, { headers: incoming.headers, id, refusal: "not-found" });
    return { ...modelInfo(id), id };
  });
}

function modelInfo(name: string): ModelInfo {
  // An unknown release date is the epoch, as in Anthropic's own API.
  return { type: "model", id: aliasOf(name), display_name: name, created_at: "1970-01-01T00:00:00Z" };
}

/** Anthropic's paging: `limit` (default 20, at most 1,000), `after_id`, `before_id`. */
function page(models: readonly ModelInfo[], query: URLSearchParams): object {
  const limit = Math.min(1_000, Math.max(1, Math.trunc(Number(query.get("limit") ?? 20)) || 20));
  const after = models.findIndex(({ id }) => id === query.get("after_id"));
  const before = models.findIndex(({ id }) => id === query.get("before_id"));
  const upTo = before === -1 ? models.length : before;
  const from = before === -1 ? after + 1 : Math.max(0, upTo - limit);
  const data = models.slice(from, Math.min(upTo, from + limit));
  return {
    data,
    has_more: before === -1 ? from + data.length < models.length : from > 0,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
