import { readEnvelope } from "../messages/read-envelope.ts";
import { renderFailure, renderRefusal } from "../messages/render-failure.ts";
import { replayAnswer } from "../messages/replay.ts";
import { encodeEvent } from "../stream/event-bytes.ts";
import type { ClientDialect } from "./client-dialect.ts";
import { encodeEvents } from "./encode-events.ts";

/** Clients of the Messages API itself: everything stays as it is. */
export const messagesClient: ClientDialect = {
  name: "anthropic-messages",
  keepAlive: encodeEvent({ type: "ping" }),
  requestIdHeader: "request-id",
  decodeRequest: (body) => ({
    request: { body, envelope: readEnvelope(body) },
    dropped: (lost) => lost,
    whole: (answer) => answer,
    stream: (answer) => answer,
    replay: (answer) => encodeEvents(replayAnswer(answer), encodeEvent),
  }),
  renderFailure,
  renderRefusal,
};
