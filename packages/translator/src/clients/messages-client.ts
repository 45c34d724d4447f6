import type { Envelope } from "../dialects/dialect.ts";
import { priceTiers } from "../messages/price-tiers.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import { renderFailure, renderRefusal } from "../messages/render-failure.ts";
import { ScannedContent } from "../messages/scan-content.ts";
import { encodeEvent } from "../stream/event-bytes.ts";
import type { ClientCall, ClientDialect } from "./client-dialect.ts";
import { clientTranslation, type AnswerForms } from "./client-translation.ts";
import { encodeEvents } from "./encode-events.ts";
import { limitOutput, type OutputFields } from "./shared/limit-output.ts";
import { replayBody } from "./shared/replay-body.ts";
import { messagesTools } from "../tools/messages-tools.ts";
import { withoutTools } from "../tools/without-tools.ts";

/** Clients of the Messages API itself: everything stays as it is. */
export const messagesClient: ClientDialect = {
  name: "anthropic-messages",
  keepAlive: encodeEvent({ type: "ping" }),
  requestIdHeader: "request-id",
  readsHeaders: true,
  decodeRequest(body, context) {
    const { betas = [], recurring } = context;
    const request = { body, envelope: readEnvelope(body, recurring), betas };
    const decode = (other: Uint8Array): ClientCall => messagesClient.decodeRequest(other, context);
    return {
      facts: request.envelope,
      tiers: tiersIn(body, request.envelope),
      content: new ScannedContent(body, request.envelope),
      body,
      tools: () => messagesTools(body).declared,
      withoutTools: (names) => withoutTools({ body, tools: messagesTools(body), decode }, names),
      limitOutput: (maxTokens) => decode(limitOutput(body, outputFields, maxTokens)),
      translate: (dialect, target, answer) => clientTranslation(dialect.translate(request, target, answer), forms),
    };
  },
  renderFailure,
  renderRefusal,
};

const tierFields = ["service_tier", "speed", "inference_geo"];

/** Nearly no request has any of these fields. */
function tiersIn(body: Uint8Array, { spans }: Envelope): readonly string[] {
  if (!tierFields.some((field) => spans.has(field))) return noTiers;
  const asked = tierFields.flatMap((field): unknown[] => {
    const span = spans.get(field);
    return span === undefined ? [] : [JSON.parse(decoder.decode(body.subarray(span.start, span.end)))];
  });
  return priceTiers(...asked).tiers ?? noTiers;
}

const noTiers: readonly string[] = [];

const decoder = new TextDecoder();

const outputFields: OutputFields = { names: ["max_tokens"], usual: "max_tokens" };

const forms: AnswerForms = {
  whole: (body) => body,
  stream: (answer) => answer,
  replay: (body) => encodeEvents(replayBody(body), encodeEvent),
  dropped: (lost) => lost,
};
