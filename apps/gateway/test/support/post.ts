import { aliceKey } from "./scenario.ts";
import type { GatewayProcess } from "./start-gateway.ts";

/** An answer read to its end. */
export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The data of a streamed answer's events; empty when it was none. */
  readonly events: readonly StreamedEvent[];
  /** The error of an envelope, whole or as an event. */
  readonly error: { readonly type: string; readonly message: string } | undefined;
}

export type StreamedEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface PostOptions {
  readonly key?: string | undefined;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** Asks the gateway as a client does, with alice's key. A body that is no string or bytes is sent as JSON. */
export async function post(url: string, body: unknown, options: PostOptions = {}): Promise<Posted> {
  const { key = aliceKey, path = "/anthropic/v1/messages", headers = {}, method = "POST" } = options;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...("key" in options && options.key === undefined ? {} : { "x-api-key": key }),
      ...headers,
    },
    ...(method === "GET" || method === "HEAD"
      ? {}
      : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const events = readEvents(text);
  return { status: answer.status, headers: answer.headers, text, events, error: errorOf(text, events) };
}

/** A small request, streamed or whole. */
export function ask(stream: boolean, more: object = {}): Readonly<Record<string, unknown>> {
  return { model: "claude-sonnet-4-6", max_tokens: 100, stream, messages: [{ role: "user", content: "hi" }], ...more };
}

/** The text of all text deltas. */
export function streamedText({ events }: Posted): string {
  return events.map((event) => (event["delta"] as { text?: string } | undefined)?.text ?? "").join("");
}

/** The events of a stream, in order; throws when a frame's name is not its data's type. */
export function readEvents(text: string): readonly StreamedEvent[] {
  if (!/^event: /m.test(text)) return [];
  return text
    .split(/\r?\n\r?\n/)
    .filter((frame) => frame.trim() !== "")
    .map((frame) => {
      const [, name] = /^event: (.*)$/m.exec(frame) ?? [];
      const [, data = ""] = /^data: (.*)$/m.exec(frame) ?? [];
      const event = JSON.parse(data) as StreamedEvent;
      if (event.type !== name) throw new Error(`a frame named ${name} holds a ${event.type}`);
      return event;
    });
}

function errorOf(text: string, events: readonly StreamedEvent[]): Posted["error"] {
  const event = events.find(({ type }) => type === "error");
  if (event !== undefined) return event["error"] as Posted["error"];
  try {
    return (JSON.parse(text) as { error?: Posted["error"] }).error;
  } catch {
    return undefined;
  }
}

/** The line of the gateway's log about this exchange, waited for: it is written after the answer. */
export async function lineOf(
  gateway: Pick<GatewayProcess, "exchanges" | "printed">,
  { headers }: Pick<Posted, "headers">,
): Promise<Readonly<Record<string, unknown>>> {
  const id = headers.get("request-id");
  const find = (): Readonly<Record<string, unknown>> | undefined =>
    gateway.exchanges().find((line) => line["request_id"] === id);
  await gateway.printed(() => find() !== undefined);
  return find() ?? {};
}
