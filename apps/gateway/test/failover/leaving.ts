import { fork } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import path from "node:path";
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

/** Asks a gateway, or a provider itself, and leaves; gives the time of leaving, or undefined when the answer was complete before. */
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
      resolve(performance.timeOrigin + performance.now());
      call.destroy();
    }, afterMs);
  });
  return promise;
}

/** What the provider knows of the clients that have left. Times are epoch milliseconds. */
export interface LeavingReport {
  /** Calls that have not ended. */
  readonly underWay: number;
  readonly openConnections: number;
  /** `leftMs` is when it was closed from outside before its answer was complete. */
  readonly calls: readonly { readonly model: string; readonly leftMs?: number }[];
}

/** The provider that clients leave, in its own process. */
export interface LeavingProvider extends AsyncDisposable {
  readonly url: string;
  report(): Promise<LeavingReport>;
}

export async function startLeavingProvider(): Promise<LeavingProvider> {
  const child = fork(path.join(import.meta.dirname, "leaving-provider.ts"), {
    execArgv: ["--conditions=@drawbridge/source"],
  });
  const ended = once(child, "exit");
  const next = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, "message"), ended])) as [unknown];
    return message;
  };
  const url = String(await next());
  return {
    url,
    async report() {
      child.send("report");
      return (await next()) as LeavingReport;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}
