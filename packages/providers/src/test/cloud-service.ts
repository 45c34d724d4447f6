import type { IncomingMessage } from "node:http";
import type { Loopback } from "./loopback.ts";

/** What a service of a cloud answers; 200 when no status is said. */
export interface ServiceAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Starts a service of a cloud on loopback, told each request with its body. Gives its address without a path. */
export function cloudService(
  loopback: Loopback,
  answer: (request: IncomingMessage, body: string) => ServiceAnswer,
): Promise<string> {
  return loopback.http((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      const { status = 200, headers = {}, body } = answer(request, text);
      response.writeHead(status, { connection: "close", ...headers }).end(body);
    });
  });
}
