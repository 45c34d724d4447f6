import {
  anthropicMessages,
  bedrockConverse,
  chatClient,
  gemini,
  messagesClient,
  openaiChat,
  openaiResponses,
  responsesClient,
  type ClientDialect,
  type Dialect,
} from "@drawbridge/translator";
import { inPieces } from "../workload/in-pieces.ts";
import { dialectStream } from "../workload/streams/dialect-stream.ts";
import { streamingRequest } from "../workload/streams/streaming-request.ts";
import { runLoops, type Loop } from "./run-loops.ts";
import type { Spread } from "./statistics.ts";

/** Microseconds that one streamed event costs on the way from a provider's dialect to a client's, bytes to bytes. */
export interface StreamCost {
  readonly provider: string;
  readonly client: string;
  /** Provider's events in the stream. */
  readonly events: number;
  /** With 16 events in a network chunk, and with one. */
  readonly many: Spread;
  readonly one: Spread;
}

interface Way {
  readonly provider: Dialect;
  readonly client: ClientDialect;
}

const providers = [anthropicMessages, openaiChat, openaiResponses, gemini, bedrockConverse];
const ways: readonly Way[] = [
  ...providers.map((provider) => ({ provider, client: messagesClient })),
  { provider: anthropicMessages, client: chatClient },
  { provider: openaiChat, client: chatClient },
  { provider: openaiResponses, client: chatClient },
  { provider: anthropicMessages, client: responsesClient },
  { provider: openaiChat, client: responsesClient },
];

const encoder = new TextEncoder();
const question = "Write the module.";
const requests: Readonly<Record<ClientDialect["name"], Uint8Array>> = {
  "anthropic-messages": streamingRequest,
  "openai-chat": encoder.encode(
    JSON.stringify({ model: "gpt-5.5", stream: true, messages: [{ role: "user", content: question }] }),
  ),
  "openai-responses": encoder.encode(JSON.stringify({ model: "gpt-5.5", stream: true, input: question })),
};

/** Measures every dialect's streams, and those of the other clients. */
export function measureStreams(repeats: number): StreamCost[] {
  const loops = ways.flatMap((way) => [streamLoop(way, 16), streamLoop(way, 1)]);
  const costs = runLoops(loops, repeats);
  return ways.flatMap(({ provider, client }, index) => {
    const [many, one] = costs.slice(2 * index);
    if (many === undefined || one === undefined) return [];
    return [{ provider: provider.name, client: client.name, events: loops[2 * index]?.units ?? 0, many, one }];
  });
}

function streamLoop({ provider, client }: Way, eventsPerPiece: number): Loop {
  const name = `${provider.name} to ${client.name}`;
  const call = client.decodeRequest(requests[client.name], { createdAtSeconds: 1_790_000_000 });
  const translation = call.translate(provider, { model: "model" }, { messageId: "msg_1", askedModel: "model" });
  const events = dialectStream(provider.name);
  const pieces = inPieces(events, eventsPerPiece);
  return {
    name,
    units: events.length,
    run: () => {
      const stream = translation.answerStream();
      let bytes = 0;
      for (const piece of pieces) bytes += stream.push(piece).length;
      bytes += stream.end().length;
      if (stream.failure !== undefined) throw new Error(`${name}: ${stream.failure.message}`);
      return bytes;
    },
  };
}
