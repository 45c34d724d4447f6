import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { Outcome } from "../judge/evidence.ts";
import { writeScript } from "../provider/chaos-script.ts";
import { tokenText } from "../provider/token-text.ts";
import type { PlannedRequest } from "./plan-requests.ts";

/** Where a request goes, and how long its client waits. */
export interface Destination {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
  readonly withinMs: number;
}

type Ending = Pick<Outcome, "kind" | "told">;

/** Sends a request as Claude Code would, and says how it ended. Never rejects. */
export async function sendRequest(planned: PlannedRequest, destination: Destination): Promise<Outcome> {
  const { script, key } = planned;
  return { label: script.label, key, ...(await exchange(planned, destination)) };
}

function exchange(planned: PlannedRequest, { url, token, agent, withinMs }: Destination): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const body = bodyOf(planned);
  const sent = httpRequest(`${url}/anthropic/v1/messages`, {
    method: "POST",
    agent,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
      "anthropic-version": "2023-06-01",
      "x-claude-code-session-id": planned.script.label,
    },
  });
  const end = (ending: Ending): void => {
    clearTimeout(leaving);
    clearTimeout(deadline);
    resolve(ending);
    sent.destroy();
  };
  const leaving =
    planned.leavesAfterMs === undefined
      ? undefined
      : setTimeout(() => end({ kind: "aborted", told: "" }), planned.leavesAfterMs);
  const deadline = setTimeout(() => end({ kind: "hung", told: `no end within ${withinMs} ms` }), withinMs);
  sent.once("error", (error) => end({ kind: "disconnected", told: error.message }));
  sent.once("response", (response) => {
    readAll(response).then(
      (text) => end(endingOf(response.statusCode ?? 0, text)),
      (error: unknown) => end({ kind: "disconnected", told: error instanceof Error ? error.message : String(error) }),
    );
  });
  sent.end(body);
  return promise;
}

/** What agents say before all else: half as long as Claude Code's own instructions and tools. */
const instructions = tokenText(0, 8_000);

function bodyOf({ script, model, stream, maxTokens }: PlannedRequest): string {
  const prompt = tokenText(script.textFrom, script.promptTokens);
  return JSON.stringify({
    model,
    max_tokens: maxTokens,
    stream,
    system: [{ type: "text", text: instructions }],
    messages: [{ role: "user", content: `${writeScript(script)}${prompt}` }],
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** Each end has a name, and what has none is a finding. */
function endingOf(status: number, text: string): Ending {
  const told = text.slice(-300);
  if (status === 200) {
    if (text.includes("event: message_stop") || text.includes('"stop_reason":"end_turn"'))
      return { kind: "answered", told: "" };
    if (text.includes("event: error")) return { kind: "broken", told };
    return { kind: "unexplained", told: `an answer without end: ${told}` };
  }
  if (!/"type":\s*"error"/u.test(text)) return { kind: "unexplained", told: `${status} without an error: ${told}` };
  if (status === 503) return { kind: "unavailable", told };
  return status >= 400 && status < 500 && text.includes("may use")
    ? { kind: "refused", told }
    : { kind: "broken", told };
}
