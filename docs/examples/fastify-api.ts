import type { Governance } from "@drawbridge/governance";
import fastify, { type FastifyInstance } from "fastify";
import { Readable } from "node:stream";
import { type CallModel, governedText, readBody, refusalOf } from "./governed-text.ts";

/** The same API in Fastify. */
export function fastifyApi(governance: Governance, callModel: CallModel): FastifyInstance {
  const app = fastify();
  app.post("/text", async ({ body, headers, ip }, reply) => {
    const token = headers.authorization?.replace(/^Bearer /u, "");
    const pieces = governedText(governance, { ...readBody(body), token, headers, address: ip }, callModel);
    // What is refused is refused before the first piece, while there still is a status to tell it with.
    const first = await pieces.next();
    return reply.type("text/plain").send(Readable.from(from(first, pieces)));
  });
  app.setErrorHandler((error, _request, reply) => {
    const refused = refusalOf(error);
    if (refused.retryAfterSeconds !== undefined) void reply.header("retry-after", refused.retryAfterSeconds);
    return reply.status(refused.status).send({ error: refused.message });
  });
  return app;
}

async function* from(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
