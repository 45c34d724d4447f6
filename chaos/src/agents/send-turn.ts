import { request as httpRequest, type Agent } from "node:http";
import type { Outcome } from "../judge/evidence.ts";

/** A request of an agent. */
export interface SentTurn {
  readonly label: string;
  readonly key: string;
  readonly session: string;
  readonly body: string;
  /** When its client leaves, after it has sent; undefined when it stays to the end. */
  readonly leavesAfterMs: number | undefined;
}

/** Where it goes, and who is told how far the answer has come. */
export interface TurnDestination {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
  readonly withinMs: number;
  readonly onStage: (stage: "first content" | "last event") => void;
}

/** Sends a turn as Claude Code would, and says how it ended. Never rejects. */
export async function sendTurn(turn: SentTurn, destination: TurnDestination): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Pick<Outcome, "kind" | "told">>();
  const { url, token, agent, withinMs, onStage } = destination;
  const sent = httpRequest(`${url}/anthropic/v1/messages`, {
    method: "POST",
    agent,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(turn.body),
      authorization: `Bearer ${token}`,
      "anthropic-version": "2023-06-01",
      "x-claude-code-session-id": turn.session,
    },
  });
  const end = (kind: Outcome["kind"], told = ""): void => {
    for (const timer of timers) clearTimeout(timer);
    resolve({ kind, told });
    sent.destroy();
  };
  const timers = [setTimeout(() => end("hung", `no end within ${withinMs} ms`), withinMs)];
  const { leavesAfterMs } = turn;
  if (leavesAfterMs !== undefined) timers.push(setTimeout(() => end("aborted"), leavesAfterMs));
  sent.once("error", (error) => end("disconnected", error.message));
  sent.once("response", (response) => {
    let text = "";
    let isBegun = false;
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text = (text + chunk).slice(-4_000);
      if (!isBegun && /content_block_delta|"content"/u.test(chunk)) {
        isBegun = true;
        onStage("first content");
      }
    });
    response.once("error", (error) => end("disconnected", error.message));
    response.once("end", () => {
      const isWhole = text.includes("event: message_stop") || text.includes('"stop_reason":"end_turn"');
      if (isWhole) onStage("last event");
      const { statusCode = 0 } = response;
      if (statusCode === 503) end("unavailable", text);
      else end(statusCode === 200 && isWhole ? "answered" : "broken", text.slice(-300));
    });
    response.once("close", () => end("disconnected", "closed"));
  });
  sent.end(turn.body);
  return { label: turn.label, key: turn.key, ...(await promise) };
}
