import { chatClient, type ClientDialect } from "@drawbridge/translator";
import { direct, type App } from "./direct.ts";
import { openExchange } from "./exchange/exchange.ts";
import { handleMessages } from "./exchange/handle-messages.ts";
import { handleOpenAiModel, handleOpenAiModelList } from "./exchange/handle-openai-models.ts";
import { refusePath } from "./exchange/refuse-path.ts";
import type { Services } from "./services.ts";

const base = "/openai/v1";
const clients: ReadonlyMap<string, ClientDialect> = new Map([["/chat/completions", chatClient]]);

/** Serves OpenAI's API, so that its SDKs and the tools built on them reach the same models. */
export function mountOpenAi(app: App, services: Services): void {
  for (const [path, client] of clients) {
    app.post(
      `${base}${path}`,
      direct((http) => handleMessages(services, http, client)),
    );
    app.all(
      `${base}${path}`,
      direct((http) => refusePath(openExchange(services, http, client), "method-not-allowed")),
    );
  }
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
