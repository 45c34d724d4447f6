import { chatClient } from "@drawbridge/translator";
import type { Services } from "../services.ts";
import { identify } from "./admit.ts";
import { answerJson } from "./answer-json.ts";
import { openExchange, type HttpExchange } from "./exchange.ts";
import { checkUsable, usableModels } from "./usable-models.ts";

/** A model as OpenAI's API shows it. Source: `Model` in openai-node. */
interface OpenAiModel {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

/** `GET /openai/v1/models`: every model that the key may use, by its own name. Never rejects. */
export function handleOpenAiModelList(services: Services, http: HttpExchange): Promise<void> {
  return answerJson(openExchange(services, http, chatClient), async (exchange) => ({
    object: "list",
    data: (await usableModels(exchange.snapshot, identify(exchange))).map(openAiModel),
  }));
}

/** `GET /openai/v1/models/{id}`: one of them, by any name that routes. Never rejects. */
export function handleOpenAiModel(services: Services, http: HttpExchange, id: string): Promise<void> {
  return answerJson(openExchange(services, http, chatClient), (exchange) => {
    checkUsable(exchange.snapshot, { principal: identify(exchange), id, refusal: "model-refused" });
    return openAiModel(id);
  });
}

function openAiModel(id: string): OpenAiModel {
  return { id, object: "model", created: 0, owned_by: "drawbridge" };
}
