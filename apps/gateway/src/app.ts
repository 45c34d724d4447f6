import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { direct, type App } from "./direct.ts";
import { answerError } from "./exchange/answer-error.ts";
import { openExchange } from "./exchange/exchange.ts";
import { handleCountTokens } from "./exchange/handle-count-tokens.ts";
import { handleMessages } from "./exchange/handle-messages.ts";
import { handleModel, handleModelList } from "./exchange/handle-models.ts";
import { refusePath } from "./exchange/refuse-path.ts";
import { exchangeClients, messagesApiPaths } from "./exchange-routes.ts";
import { mountOpenAi } from "./openai-routes.ts";
import type { Services } from "./services.ts";
import { readiness } from "./serving/readiness.ts";

const bases = ["/anthropic", ""];

/**
 * The gateway's routes. Handlers of the Messages API write the Node response themselves: web `Request` and `Response`
 * bodies would cost more than everything else the gateway does (docs/decisions has the measurements).
 */
export function createApp(services: Services): App {
  const app: App = new Hono();
  for (const [path, client] of exchangeClients) {
    app.post(
      path,
      direct((http) => handleMessages(services, http, client)),
    );
    app.all(
      path,
      direct((http) => refusePath(openExchange(services, http, client), "method-not-allowed")),
    );
  }
  for (const path of messagesApiPaths) {
    app.post(
      `${path}/messages/count_tokens`,
      direct((http) => handleCountTokens(services, http)),
    );
    app.get(
      `${path}/models`,
      direct((http) => handleModelList(services, http)),
    );
    app.get(
      `${path}/models/:id{.+}`,
      direct((http, context) => handleModel(services, http, context.req.param("id") ?? "")),
    );
    app.all(
      `${path}/messages/count_tokens`,
      direct((http) => refusePath(openExchange(services, http), "method-not-allowed")),
    );
  }
  mountOpenAi(app, services);
  for (const base of bases) {
    // Claude Code's probes; Hono answers HEAD from GET.
    app.get(`${base}/api/hello`, (context) => context.text("hello"));
    app.get(`${base}/`, (context) => context.text("Drawbridge"));
  }
  app.get("/anthropic", (context) => context.text("Drawbridge"));
  app.get("/healthz", (context) => context.text("ok"));
  app.get("/readyz", (context) => {
    const { text, status } = readiness(services);
    return context.text(text, status);
  });
  app.notFound(direct((http) => refusePath(openExchange(services, http), "not-found")));
  app.onError((error, context) => {
    answerError(openExchange(services, context.env), error);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}
