import { readModelName } from "../../conversation/read-model-name.ts";
import { reasons } from "../../conversation/reasons.ts";
import type { Target, WholeAnswer } from "../../dialects/dialect.ts";
import { readFailedResponse } from "../../dialects/openai-responses/errors.ts";
import { endings, readFinish } from "../../dialects/openai-responses/finish.ts";
import type { WireEvent, WireResponse } from "../../dialects/openai-responses/wire.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { isLoose, listOf, loose, parseJson, stringOf } from "../../json/loose.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import { renameAt } from "../../messages/rename-at.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import { decodeSse } from "../../stream/sse.ts";
import type { ClientTranslation } from "../client-dialect.ts";
import { PassedStream } from "../shared/passed-stream.ts";
import { cutRouting, type RoutingCuts } from "../shared/cut-routing.ts";
import { accountOf, type PassedRequest } from "./passed-account.ts";
import { PassedEvents } from "./passed-events.ts";
import { isTranslated } from "./reasoning-item.ts";
import { replayResponse } from "./replay-response.ts";
import type { ResponsesHead } from "./responses-request.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A client's own request for a server that speaks the Responses API itself: its bytes with another model's name, so
 * that every parameter and every tool of the server's works, and the answer as it comes, under the asked name. Only
 * reasoning of other kinds of providers, which no server could read, is taken out.
 */
export function passOn(
  { head, body, target }: { readonly head: ResponsesHead; readonly body: Uint8Array; readonly target: Target },
  passed: PassedRequest,
): ClientTranslation {
  const foreign = new Set(listOf(head["input"]).flatMap((item, index) => (isTranslated(item) ? [index] : [])));
  const { edits, dropped } = editsFor(body, target.model, foreign);
  const foreignReasoning = Array.from(foreign, (index) => {
    return { path: `input[${index}]`, reason: reasons.foreignReasoning };
  });
  return {
    body: splice(body, edits),
    dropped: [...dropped, ...foreignReasoning],
    answerStream: () => new PassedStream(new PassedEvents(passed)),
    answerWhole: (answer, contentType) => readWhole(wholeOf(answer, contentType), passed, ({ bytes }) => bytes),
    answerReplayed: (answer, contentType) =>
      readWhole(wholeOf(answer, contentType), passed, ({ response }) => encoder.encode(replayResponse(response))),
  };
}

function editsFor(
  body: Uint8Array,
  model: string,
  foreign: ReadonlySet<number>,
): Pick<RoutingCuts, "edits" | "dropped"> {
  const edits: Edit[] = [];
  const scanner = new JsonScanner(body);
  const cuts = cutRouting(scanner, scanner.skipSpace(body[0] === 0xef ? 3 : 0), (key, span) => {
    if (key === "model") edits.push({ span, text: JSON.stringify(readModelName(model).name) });
    if (key !== "input" || foreign.size === 0) return;
    const items: ListElement[] = [];
    scanner.elements(span.start, (element) => items.push({ span: element, gone: foreign.has(items.length) }));
    edits.push(...removeElements(items));
  });
  return { edits: [...edits, ...cuts.edits], dropped: cuts.dropped };
}

/** The answer's JSON; of a server that streams unasked, it stands in the last event. */
function wholeOf(body: Uint8Array, contentType: string): Uint8Array {
  if (!contentType.includes("text/event-stream")) return body;
  const sse = decodeSse();
  for (const { data } of [...sse.push(body), ...sse.end()].toReversed()) {
    const { type, response, error } = loose<keyof WireEvent>(parseJson(data));
    if (endings.has(stringOf(type) ?? "")) return encoder.encode(JSON.stringify(response));
    if (error) return encoder.encode(JSON.stringify({ error }));
  }
  return new Uint8Array(0);
}

interface Whole {
  readonly bytes: Uint8Array;
  readonly response: WireResponse;
}

function readWhole(
  body: Uint8Array,
  { context, requestBytes }: PassedRequest,
  write: (whole: Whole) => Uint8Array,
): WholeAnswer {
  const value = parseJson(decoder.decode(body));
  if (!isLoose<keyof WireResponse>(value) || !Array.isArray(value.output))
    return { ok: false, failure: failureIn(value) };
  const finish = readFinish(value, undefined);
  if (finish.end === "failure") return { ok: false, failure: finish.failure };
  const answerChars = JSON.stringify(value.output).length;
  const metered = accountOf({ response: value, finish, answerChars, requestBytes });
  const response = { ...value, model: context.askedModel };
  return { ok: true, body: write({ bytes: renameAt(body, ["model"], context.askedModel), response }), metered };
}

function failureIn(value: unknown): UpstreamFailure {
  const { error } = loose<"error">(value);
  if (error) return readFailedResponse(error);
  return { kind: "malformed", message: "The provider's answer is no response." };
}
