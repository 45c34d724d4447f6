import { anthropicMessages, genericChat, openaiChat, readEnvelope, type Translation } from "@drawbridge/translator";
import { claudeCodeRequest } from "../workload/claude-code-request.ts";
import { inPieces, streamEvents, wireEvents } from "../workload/provider-answers.ts";
import { spreadOf, type Spread } from "./statistics.ts";

/** What one unit of work costs inside this process. */
export interface LoopCost {
  readonly name: string;
  /** What the time is for: an event, a KB, a request. */
  readonly unit: string;
  readonly micros: Spread;
}

interface Loop {
  readonly name: string;
  readonly unit: string;
  /** Units that one run works through. */
  readonly units: number;
  /** Gives the number of bytes it made, so that nothing of its work can be left out. */
  run(): number;
}

const context = { messageId: "msg_benchmark", askedModel: "claude-sonnet-5-5" };

/** Runs the translator's hot loops, so many times each, interleaved, after a warm-up of the same length. */
export function measureInProcess(repeats: number): LoopCost[] {
  const loops = [...requestLoops(), ...streamLoops()];
  const times = loops.map((): number[] => []);
  for (let round = -repeats; round < repeats; round++) {
    for (const [index, loop] of loops.entries()) {
      const start = performance.now();
      const bytes = loop.run();
      const micros = (performance.now() - start) * 1000;
      if (bytes === 0) throw new Error(`${loop.name} made nothing`);
      if (round >= 0) times[index]?.push(micros / loop.units);
    }
  }
  return loops.map(({ name, unit }, index) => ({ name, unit, micros: spreadOf(times[index] ?? []) }));
}

function requestLoops(): Loop[] {
  const body = claudeCodeRequest({ model: context.askedModel, stream: true, turns: 20, bytes: 156_000 });
  const envelope = readEnvelope(body);
  const chat = { model: "qwen3-coder", chat: genericChat };
  const kilobytes = body.length / 1024;
  return [
    {
      name: "read envelope, 156 KB",
      unit: "a request",
      units: 1,
      run: () => readEnvelope(body).bytes,
    },
    {
      name: "pass request through, 156 KB",
      unit: "a request",
      units: 1,
      run: () => anthropicMessages.translate({ body, envelope }, { model: context.askedModel }, context).body.length,
    },
    {
      name: "pass through under another name, 156 KB",
      unit: "a request",
      units: 1,
      run: () => anthropicMessages.translate({ body, envelope }, { model: "claude-opus-5-5" }, context).body.length,
    },
    {
      name: "encode request, 156 KB",
      unit: "a KB",
      units: kilobytes,
      run: () => openaiChat.translate({ body, envelope }, chat, context).body.length,
    },
  ];
}

function streamLoops(): Loop[] {
  const body = claudeCodeRequest({ model: context.askedModel, stream: true, turns: 0, bytes: 0 });
  const request = { body, envelope: readEnvelope(body) };
  const translated = openaiChat.translate(request, { model: "qwen3-coder", chat: genericChat }, context);
  const native = anthropicMessages.translate(request, { model: context.askedModel }, context);
  const chatEvents = wireEvents("chat");
  const messagesEvents = wireEvents("messages");
  return [
    streamLoop("translate stream, 16 events a chunk", translated, inPieces(chatEvents, 16)),
    streamLoop("translate stream, 1 event a chunk", translated, inPieces(chatEvents, 1)),
    streamLoop("pass stream through, 16 events a chunk", native, inPieces(messagesEvents, 16)),
    streamLoop("pass stream through, 1 event a chunk", native, inPieces(messagesEvents, 1)),
  ];
}

function streamLoop(name: string, translation: Translation, pieces: readonly Uint8Array[]): Loop {
  return {
    name,
    unit: "an event",
    units: streamEvents,
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
