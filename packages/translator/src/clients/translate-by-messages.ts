import type { Dialect, Dropped, Target, TranslationContext } from "../dialects/dialect.ts";
import { encodeJson } from "../json/encode-json.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { MessagesRequest } from "../messages/request.ts";
import type { EventEncoder } from "../stream/answer-stream.ts";
import type { ClientTranslation } from "./client-dialect.ts";
import { clientTranslation, type AnswerForms } from "./client-translation.ts";
import { encodeEvents } from "./encode-events.ts";
import { recodeStream } from "./recode-stream.ts";
import { renameDropped, type Sources } from "./rename-dropped.ts";
import { replayBody } from "./shared/replay-body.ts";

/** A client's request in the form of the Messages API, and how its answer is written. */
export interface TranslatedParts {
  readonly request: MessagesRequest;
  /** What the Messages request has no place for. */
  readonly dropped: readonly Dropped[];
  readonly sources: Sources;
  whole(body: Uint8Array): string;
  /** A fresh encoder for the events of one answer. */
  newEncoder(): EventEncoder;
}

/** Where a request goes. */
export interface Destination {
  readonly dialect: Dialect;
  readonly target: Target;
  readonly context: TranslationContext;
}

const encoder = new TextEncoder();

/** Translates a request of a client that does not speak Messages, by way of Messages. */
export function translateByMessages(parts: TranslatedParts, to: Destination): ClientTranslation {
  const body = encodeJson(parts.request);
  const translation = to.dialect.translate({ body, envelope: readEnvelope(body) }, to.target, to.context);
  const forms: AnswerForms = {
    whole: (answer) => encoder.encode(parts.whole(answer)),
    stream: (answer) => recodeStream(answer, parts.newEncoder()),
    replay: (answer) => encodeEvents(replayBody(answer), parts.newEncoder()),
    dropped: (lost) => [...parts.dropped, ...renameDropped(lost, parts.sources)],
  };
  return clientTranslation(translation, forms);
}
