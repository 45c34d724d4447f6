import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "../app.ts";
import { exchangeRoutes } from "../exchange-routes.ts";
import type { Services } from "../services.ts";

/**
 * Everything the gateway serves, as one listener for a Node server. Exchanges are looked up by their exact path before
 * Hono is asked: going through it costs as much as all else that is done for a small one (docs/decisions/0004).
 */
export function createListener(services: Services): RequestListener {
  const exchanges = exchangeRoutes(services);
  const others = getRequestListener(createApp(services).fetch);
  return (incoming, outgoing) => {
    const handle = incoming.method === "POST" ? exchanges.get(pathOf(incoming.url)) : undefined;
    if (handle === undefined) void others(incoming, outgoing);
    else void handle({ incoming, outgoing });
  };
}

function pathOf(target: string | undefined): string {
  if (target === undefined) return "/";
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
