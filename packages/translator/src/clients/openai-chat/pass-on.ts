import { readModelName } from "../../conversation/read-model-name.ts";
import type { Target, WholeAnswer } from "../../dialects/dialect.ts";
import { readUsage } from "../../dialects/openai-chat/usage.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { listOf, loose, parseJson, stringOf, type Loose } from "../../json/loose.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import type { ClientTranslation } from "../client-dialect.ts";
import { PassedStream } from "../shared/passed-stream.ts";
import { cutRouting, type RoutingCuts } from "../shared/cut-routing.ts";
import { failureIn, meteredOf, type PassedChunk, type PassedRequest } from "./passed-answer.ts";
import { PassedChunks } from "./passed-chunks.ts";

type PassedChoice = Loose<"finish_reason" | "message" | "index">;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A chat client's own request for a server that speaks chat completions itself: its bytes with another model's name,
 * so that every parameter the client knows reaches the server, and the answer as it comes, under the asked name.
 */
export function passOn(body: Uint8Array, target: Target, passed: PassedRequest): ClientTranslation {
  const { edits, dropped } = editsFor(body, target);
  return {
    body: splice(body, edits),
    dropped,
    answerStream: () => new PassedStream(new PassedChunks(passed)),
    answerWhole: (answer) => readWhole(answer, passed, (completion) => JSON.stringify(completion)),
    answerReplayed: (answer) => readWhole(answer, passed, replayed),
  };
}

/** The usage of a stream has to be asked for; the client sees it only if it asked by itself. */
function editsFor(body: Uint8Array, { model, chat }: Target): Pick<RoutingCuts, "edits" | "dropped"> {
  const edits: Edit[] = [];
  const scanner = new JsonScanner(body);
  let streams = false;
  let options: Edit | undefined;
  const open = scanner.skipSpace(body[0] === 0xef ? 3 : 0);
  const {
    end,
    edits: cuts,
    dropped,
  } = cutRouting(scanner, open, (key, span) => {
    if (key === "model") edits.push({ span, text: JSON.stringify(readModelName(model).name) });
    if (key === "stream") streams = scanner.byteAt(span.start) === 0x74;
    if (key === "stream_options") options = { span, text: usageOptions };
  });
  edits.push(...cuts);
  if (!streams || chat?.streamUsage === false) return { edits, dropped };
  const behind = { span: { start: end - 1, end: end - 1 }, text: `,"stream_options":${usageOptions}` };
  return { edits: [...edits, options ?? behind], dropped };
}

const usageOptions = '{"include_usage":true}';

function readWhole(
  body: Uint8Array,
  { context, requestBytes }: PassedRequest,
  write: (completion: PassedChunk) => string,
): WholeAnswer {
  const value = parseJson(decoder.decode(body));
  const failure = failureIn(value);
  if (failure !== undefined) return { ok: false, failure };
  const completion = loose<keyof PassedChunk>(value);
  const choice = loose<keyof PassedChoice>(listOf(completion.choices)[0]);
  const counts = { requestBytes, answerChars: JSON.stringify(choice.message ?? "").length };
  const metered = meteredOf(
    readUsage(completion.usage, completion.service_tier),
    stringOf(choice.finish_reason),
    counts,
  );
  return { ok: true, body: encoder.encode(write({ ...completion, model: context.askedModel })), metered };
}

/** A whole completion as a stream of one chunk with everything in it. */
function replayed(completion: PassedChunk): string {
  const choices = listOf(completion.choices).map((value) => {
    const { message, ...choice } = loose<keyof PassedChoice>(value);
    return { ...choice, delta: withIndexes(message) };
  });
  const chunk = { ...completion, object: "chat.completion.chunk", choices };
  return `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
}

function withIndexes(message: unknown): object {
  const { tool_calls: calls, ...delta } = loose<"tool_calls">(message);
  if (!Array.isArray(calls)) return delta;
  return { ...delta, tool_calls: calls.map((call, index) => ({ index, ...loose(call) })) };
}
