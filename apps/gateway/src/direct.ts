import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Hono } from "hono";
import type { HttpExchange } from "./exchange/exchange.ts";

export type App = Hono<{ Bindings: HttpBindings }>;
export type AppContext = Context<{ Bindings: HttpBindings }>;

/** A route whose handler writes the Node response itself. */
export function direct(
  handle: (http: HttpExchange, context: AppContext) => Promise<void>,
): (context: AppContext) => Promise<Response> {
  return async (context) => {
    await handle(context.env, context);
    return RESPONSE_ALREADY_SENT;
  };
}
