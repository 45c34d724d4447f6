import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { aliceKey } from "./support/scenario.ts";
import { startGateway } from "./support/start-gateway.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const chunksEach = 100;
const rounds = isCampaign ? 40 : 1;

const mark = (index: number): string => `<${index}>`;
const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const usage = { input_tokens: 9, output_tokens: 3 };
const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], usage };
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

interface Wire {
  readonly path: string;
  readonly head: string;
  readonly piece: (index: number) => string;
  readonly end: string;
}

const wires: Readonly<Record<"messages" | "chat", Wire>> = {
  messages: {
    path: "/v1/messages",
    head:
      event("message_start", { message }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    piece: (index) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text: mark(index) } }),
    end:
      event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 3 } }) +
      event("message_stop", {}),
  },
  chat: {
    path: "/v1/chat/completions",
    head: chunk({ role: "assistant", content: "" }),
    piece: (index) => chunk({ content: mark(index) }),
    end: `${chunk({}, "stop")}data: [DONE]\n\n`,
  },
};

/** A provider that writes a piece of its answer only when the client has the one before. */
class SteppingProvider {
  /** From when a piece was written until the client had it, in milliseconds. */
  readonly delays: number[] = [];
  #had: PromiseWithResolvers<void> = Promise.withResolvers();
  #writtenMs = 0;
  readonly server = createServer((request, response) => {
    request.resume().once("end", () => void this.#answer(request, response));
  });

  /** The client has the last piece. */
  had(): void {
    this.delays.push(performance.now() - this.#writtenMs);
    this.#had.resolve();
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const wire = Object.values(wires).find(({ path }) => path === url);
    if (method !== "POST" || wire === undefined) return void response.writeHead(404).end("{}");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(wire.head);
    for (let index = 0; index < chunksEach; index++) {
      this.#had = Promise.withResolvers();
      this.#writtenMs = performance.now();
      response.write(wire.piece(index));
      await this.#had.promise;
    }
    response.end(wire.end);
  }
}

/** Asks for one answer and gives how long each piece of it was on its way. */
async function delaysOf(provider: SteppingProvider, url: string, model: string): Promise<readonly number[]> {
  provider.delays.length = 0;
  const headers = { "x-api-key": aliceKey, "content-type": "application/json" };
  const asked = httpRequest(url, { method: "POST", headers, agent: false });
  asked.end(JSON.stringify({ model, stream: true, max_tokens: 9_999, messages: [{ role: "user", content: "hi" }] }));
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  for await (const bytes of answer) {
    text += String(bytes);
    if (text.includes(mark(provider.delays.length))) provider.had();
  }
  expect(answer.statusCode).toBe(200);
  return [...provider.delays];
}

const p99 = (delays: readonly number[]): number =>
  delays.toSorted((one, other) => one - other)[Math.floor(delays.length * 0.99)] ?? Number.NaN;

test(
  "each piece of an answer goes on at once, without waiting for the next",
  { timeout: isCampaign ? 300_000 : 120_000 },
  async () => {
    const provider = new SteppingProvider();
    await new Promise<void>((resolve) => provider.server.listen(0, "127.0.0.1", resolve));
    const { port } = provider.server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    await using gateway = await startGateway({
      providers: {
        messages: { kind: "anthropic-messages", baseUrl: origin },
        chat: { kind: "openai-chat", baseUrl: `${origin}/v1` },
      },
      keys: [{ name: "alice", value: aliceKey }],
    });
    for (const [kind, { path }] of Object.entries(wires)) {
      const direct: number[] = [];
      const through: number[] = [];
      for (let round = 0; round < rounds; round++) {
        direct.push(...(await delaysOf(provider, `${origin}${path}`, "m")));
        through.push(...(await delaysOf(provider, `${gateway.url}/v1/messages`, `${kind}/m`)));
      }
      expect([direct.length, through.length]).toEqual([rounds * chunksEach, rounds * chunksEach]);
      // What a busy machine adds says nothing of the gateway.
      const addedMs = p99(through) - p99(direct);
      if (!isCampaign) continue;
      process.stdout.write(
        `chunks, ${kind}: p99 ${p99(direct).toFixed(2)} ms, ${addedMs.toFixed(2)} ms more through\n`,
      );
      expect(addedMs).toBeLessThanOrEqual(2);
    }
    provider.server.closeAllConnections();
    provider.server.close();
  },
);
