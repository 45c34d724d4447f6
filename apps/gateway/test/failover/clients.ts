import { aliceKey } from "../support/scenario.ts";

/** The wire formats in which the gateway is asked. */
export type ClientName = "messages" | "chat" | "responses";

/** An answer as a client of any dialect sees it. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  /** All that came, as it came. */
  readonly raw: string;
  /** What the model says, as far as it came. */
  readonly text: string;
  /** How many answers were begun: `message_start`, `response.created`, or the only id of all chunks. */
  readonly begun: number;
  /** How many times the answer was said to be complete. */
  readonly completed: number;
  /** The errors that were told, as status or as event. */
  readonly errors: readonly { readonly type?: string; readonly message: string }[];
}

interface Client {
  readonly path: string;
  readonly body: (model: string, stream: boolean) => object;
  /** Of a whole answer. */
  readonly textOf: (answer: Fields) => string;
  readonly read: (events: readonly Fields[], raw: string) => Pick<Heard, "text" | "begun" | "completed">;
}

type Fields = Readonly<Record<string, unknown>>;

const messages = [{ role: "user", content: "hi" }];

/** How each client asks, and how its answers are read. */
const clients: Readonly<Record<ClientName, Client>> = {
  messages: {
    path: "/anthropic/v1/messages",
    body: (model, stream) => ({ model, max_tokens: 1_000, stream, messages }),
    textOf: ({ content }) => textsIn(content),
    read: (events) => ({
      text: events.map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? "").join(""),
      begun: count(events, "message_start"),
      completed: count(events, "message_stop"),
    }),
  },
  chat: {
    path: "/openai/v1/chat/completions",
    body: (model, stream) => ({ model, stream, messages }),
    textOf: ({ choices }) => (choices as [{ message: { content: string } }])[0].message.content,
    read: (events, raw) => ({
      text: events.map(({ choices }) => (choices as ChatChoice[] | undefined)?.[0]?.delta.content ?? "").join(""),
      begun: new Set(events.flatMap(({ id }) => id ?? [])).size,
      completed: raw.split("data: [DONE]").length - 1,
    }),
  },
  responses: {
    path: "/openai/v1/responses",
    body: (model, stream) => ({ model, stream, input: "hi" }),
    textOf: ({ output }) =>
      (output as { type: string; content: unknown }[]).map((item) => textsIn(item.content)).join(""),
    read: (events) => ({
      text: events.map(({ type, delta }) => (type === "response.output_text.delta" ? String(delta) : "")).join(""),
      begun: count(events, "response.created"),
      completed: count(events, "response.completed"),
    }),
  },
};

interface ChatChoice {
  readonly delta: { readonly content?: string | null };
}

/** Asks the gateway and reads the answer to its end. */
export async function hear(url: string, client: ClientName, ask: { model: string; stream: boolean }): Promise<Heard> {
  const { path, body, textOf, read } = clients[client];
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": aliceKey },
    body: JSON.stringify(body(ask.model, ask.stream)),
  });
  const raw = await answer.text();
  const common = { status: answer.status, headers: answer.headers, raw };
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    const events = eventsOf(raw);
    return {
      ...common,
      ...read(events, raw),
      errors: events.flatMap((event) => errorIn(isFailed(event) ? event.response : event)),
    };
  }
  const parsed = JSON.parse(raw) as Fields;
  if (answer.status >= 300) return { ...common, text: "", begun: 0, completed: 0, errors: errorIn(parsed) };
  return { ...common, text: textOf(parsed), begun: 1, completed: 1, errors: [] };
}

function eventsOf(raw: string): Fields[] {
  return raw.split("\n").flatMap((line) => {
    return line.startsWith("data: ") && line !== "data: [DONE]" ? [JSON.parse(line.slice(6)) as Fields] : [];
  });
}

/** The error of an envelope or event. One of Responses says the same in `error`, and then in `response.failed`. */
function errorIn({ error }: Fields): Heard["errors"] {
  return typeof error === "object" && error !== null ? [error as Heard["errors"][number]] : [];
}

function isFailed(event: Fields): event is { readonly response: Fields } {
  return event["type"] === "response.failed";
}

function textsIn(content: unknown): string {
  return (content as { text?: string }[]).map(({ text = "" }) => text).join("");
}

function count(events: readonly Fields[], type: string): number {
  return events.filter((event) => event["type"] === type).length;
}
