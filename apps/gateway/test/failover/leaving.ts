import { request as httpRequest } from "node:http";
import { aliceKey } from "../support/scenario.ts";

/** How a client behaves that will not hear its answer to the end. */
interface Leaver {
  readonly model: string;
  readonly stream: boolean;
  /** From when the request was sent until the client leaves. */
  readonly afterMs: number;
  /** It takes nothing of what it is sent. */
  readonly isDeaf?: boolean;
}

/** Asks a gateway and leaves; gives the time of leaving, or undefined when the answer was complete before. */
export function askAndLeave(
  url: string,
  { model, stream, afterMs, isDeaf = false }: Leaver,
): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const headers = { "x-api-key": aliceKey, "content-type": "application/json" };
  const call = httpRequest(`${url}/v1/messages`, { method: "POST", headers, agent: false }, (answer) => {
    answer.on("error", () => undefined);
    answer.once("end", () => resolve(undefined));
    if (!isDeaf) answer.resume();
  });
  call.on("error", () => undefined);
  call.end(JSON.stringify({ model, stream, max_tokens: 100, messages: [{ role: "user", content: "hi" }] }), () => {
    setTimeout(() => {
      resolve(performance.now());
      call.destroy();
    }, afterMs);
  });
  return promise;
}
