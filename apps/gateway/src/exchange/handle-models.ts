import { type Policy, planRoute } from "@drawbridge/governance";
import type { Services, Snapshot } from "../services.ts";
import { identify } from "./admit.ts";
import { answerJson } from "./answer-json.ts";
import { openExchange, type HttpExchange } from "./exchange.ts";
import { modelInfo, type ModelInfo, type ShownModel } from "./model-info.ts";
import { checkUsable, usableModels } from "./usable-models.ts";

/** `GET /v1/models`: every model that the key may use. Never rejects. */
export function handleModelList(services: Services, http: HttpExchange): Promise<void> {
  return answerJson(openExchange(services, http), async (exchange) => {
    const { incoming, snapshot } = exchange;
    const principal = identify(exchange);
    const names = await usableModels(snapshot, principal);
    const models = names.map((name) => modelInfo(shownModel(snapshot, principal.policies, name)));
    return page(models, new URL(incoming.url ?? "/", "http://localhost").searchParams);
  });
}

/** `GET /v1/models/{id}`: one of them, by its id, its alias or any name that routes. Never rejects. */
export function handleModel(services: Services, http: HttpExchange, id: string): Promise<void> {
  return answerJson(openExchange(services, http), (exchange) => {
    const { snapshot } = exchange;
    const principal = identify(exchange);
    checkUsable(snapshot, { principal, id, refusal: "not-found" });
    return { ...modelInfo(shownModel(snapshot, principal.policies, id)), id };
  });
}

/** What is known of the model that a name reaches first. */
function shownModel({ routes, providers, models }: Snapshot, policies: readonly Policy[], name: string): ShownModel {
  const plan = planRoute(routes, policies, name);
  const target = plan.ok ? plan.links[0]?.targets[0] : undefined;
  const provider = target === undefined ? undefined : providers.get(target.provider);
  if (target === undefined || provider === undefined) return { name, facts: {}, translated: true };
  const { dialect } = provider.endpoint(target.model, provider.credentials[0]);
  const facts = models.factsOf(provider, target.model);
  return { name, facts, translated: dialect.name !== "anthropic-messages" };
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
