import { allowModel, listModels, resolveModel } from "@drawbridge/governance";
import { chatClient } from "@drawbridge/translator";
import { GatewayError } from "../errors.ts";
import type { Services } from "../services.ts";
import { awaitModelLists } from "../serving/refresh-model-lists.ts";
import { authenticate } from "./admit.ts";
import { answerJson } from "./answer-json.ts";
import { openExchange, type HttpExchange } from "./exchange.ts";

const freshListsWithinMs = 1_500;

/** A model as OpenAI's API shows it. Source: `Model` in openai-node. */
interface OpenAiModel {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

/** `GET /openai/v1/models`: every model that the key may use, by its own name. Never rejects. */
export function handleOpenAiModelList(services: Services, http: HttpExchange): Promise<void> {
  return answerJson(openExchange(services, http, chatClient), async ({ incoming }, { keys, providers, routes }) => {
    const { policy } = authenticate({ keys }, incoming.headers);
    await awaitModelLists(providers.values(), freshListsWithinMs);
    return { object: "list", data: listModels(routes, policy).map(openAiModel) };
  });
}

/** `GET /openai/v1/models/{id}`: one of them, by any name that routes. Never rejects. */
export function handleOpenAiModel(services: Services, http: HttpExchange, id: string): Promise<void> {
  return answerJson(openExchange(services, http, chatClient), ({ incoming }, { keys, routes }) => {
    const { policy } = authenticate({ keys }, incoming.headers);
    const route = resolveModel(routes, id);
    if (!route.ok) throw new GatewayError("model-refused", route.reason);
    const decision = allowModel(policy, route);
    if (!decision.allowed) throw new GatewayError("model-refused", decision.reason);
    return openAiModel(id);
  });
}

function openAiModel(id: string): OpenAiModel {
  return { id, object: "model", created: 0, owned_by: "drawbridge" };
}
