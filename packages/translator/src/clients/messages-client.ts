import { readEnvelope } from "../messages/read-envelope.ts";
import { renderFailure, renderRefusal } from "../messages/render-failure.ts";
import { encodeEvent } from "../stream/event-bytes.ts";
import type { ClientDialect } from "./client-dialect.ts";
import { clientTranslation, type AnswerForms } from "./client-translation.ts";
import { encodeEvents } from "./encode-events.ts";
import { replayBody } from "./shared/replay-body.ts";

/** Clients of the Messages API itself: everything stays as it is. */
export const messagesClient: ClientDialect = {
  name: "anthropic-messages",
  keepAlive: encodeEvent({ type: "ping" }),
  requestIdHeader: "request-id",
  decodeRequest(body, { betas = [] }) {
    const request = { body, envelope: readEnvelope(body), betas };
    return {
      facts: request.envelope,
      translate: (dialect, target, context) => clientTranslation(dialect.translate(request, target, context), forms),
    };
  },
  renderFailure,
  renderRefusal,
};

const forms: AnswerForms = {
  whole: (body) => body,
  stream: (answer) => answer,
  replay: (body) => encodeEvents(replayBody(body), encodeEvent),
  dropped: (lost) => lost,
};
