import { chatClient } from "@drawbridge/translator";
import { direct, type App } from "./direct.ts";
import { openExchange } from "./exchange/exchange.ts";
import { handleOpenAiModel, handleOpenAiModelList } from "./exchange/handle-openai-models.ts";
import { refusePath } from "./exchange/refuse-path.ts";
import type { Services } from "./services.ts";

const base = "/openai/v1";

/** Serves OpenAI's API, so that its SDKs and the tools built on them reach the same models. */
export function mountOpenAi(app: App, services: Services): void {
  app.get(
    `${base}/models`,
    direct((http) => handleOpenAiModelList(services, http)),
  );
  app.get(
    `${base}/models/:id{.+}`,
    direct((http, context) => handleOpenAiModel(services, http, context.req.param("id") ?? "")),
  );
  app.all(
    "/openai/*",
    direct((http) => refusePath(openExchange(services, http, chatClient), "not-found")),
  );
}
