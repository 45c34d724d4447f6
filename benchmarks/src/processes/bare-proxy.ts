import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "undici";

// The yardstick: the least that a Node proxy can do, written straight down. Bytes go through as they are, with
// backpressure; nothing is checked, counted, logged or retried. Started with the provider's origin as its argument.

const pool = new Pool(process.argv[2] ?? "http://127.0.0.1:1", { connections: null, pipelining: 1 });
const hopByHop = new Set(["connection", "host", "keep-alive", "transfer-encoding"]);

function passedOn(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

async function proxy(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await pool.request({
    method: "POST",
    path: request.url ?? "/",
    headers: passedOn(request.headers),
    body: request,
  });
  response.writeHead(answer.statusCode, passedOn(answer.headers));
  for await (const chunk of answer.body) {
    if (!response.write(chunk)) await once(response, "drain");
  }
  response.end();
}

const server = createServer((request, response) => {
  proxy(request, response).catch(() => {
    response.destroy();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.({ port: address.port });
});
process.on("SIGINT", () => {
  process.exit(0);
});
process.on("disconnect", () => {
  process.exit(0);
});
