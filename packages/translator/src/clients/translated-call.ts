import type { Dropped } from "../dialects/dialect.ts";
import { encodeJson } from "../json/encode-json.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { MessagesRequest } from "../messages/request.ts";
import type { EventEncoder } from "../stream/answer-stream.ts";
import type { ClientCall } from "./client-dialect.ts";
import { encodeEvents } from "./encode-events.ts";
import { recodeStream } from "./recode-stream.ts";
import { replaySound } from "./shared/replay-body.ts";
import { renameDropped, type Sources } from "./rename-dropped.ts";

/** What a client dialect brings of its own to a call. */
export interface TranslatedParts {
  readonly request: MessagesRequest;
  /** What the Messages request has no place for. */
  readonly dropped: readonly Dropped[];
  readonly sources: Sources;
  whole(body: Uint8Array): string;
  /** A fresh encoder for the events of one answer. */
  newEncoder(): EventEncoder;
}

const encoder = new TextEncoder();

/** A call of a client that does not speak Messages. */
export function translatedCall(parts: TranslatedParts): ClientCall {
  const body = encodeJson(parts.request);
  return {
    request: { body, envelope: readEnvelope(body) },
    dropped: (lost) => [...parts.dropped, ...renameDropped(lost, parts.sources)],
    whole: (answer) => encoder.encode(parts.whole(answer)),
    stream: (answer) => recodeStream(answer, parts.newEncoder()),
    replay: (answer) => encodeEvents(replaySound(answer), parts.newEncoder()),
  };
}
