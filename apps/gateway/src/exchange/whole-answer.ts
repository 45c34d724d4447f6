import type { OutgoingHttpHeaders } from "node:http";
import type { Reply } from "@drawbridge/providers";
import type { ClientTranslation, WholeAnswer } from "@drawbridge/translator";
import { FailedUpstream } from "./answer-error.ts";
import { answerHeaders } from "./answer-headers.ts";
import { askProvider, type Question } from "./ask-provider.ts";
import { collect } from "./collect.ts";
import type { Exchange } from "./exchange.ts";
import { PatientHead } from "./patient-head.ts";

/** No model writes this much; an answer that does is cut and then fails as malformed. */
const answerLimitBytes = 64 * 1024 * 1024;

/** Steps 8 to 11 for a whole answer. Throws what went wrong. */
export async function answerWhole(
  exchange: Exchange,
  target: Omit<Question, "body">,
  translation: ClientTranslation,
): Promise<void> {
  const { outgoing, notes, services } = exchange;
  const head = (length: OutgoingHttpHeaders): void => {
    outgoing.writeHead(200, { "content-type": "application/json", ...answerHeaders(exchange), ...length });
  };
  const patience = new PatientHead({ outgoing, writeHead: () => head({}), clock: () => services.clock() });
  services.keepAlive.watch(patience);
  try {
    const body = translation.answer?.whole() ?? (await askWhole(exchange, target, translation));
    notes.outcome = "ok";
    notes.bytesOut = body.length;
    notes.firstEventMs = services.clock() - exchange.startedMs;
    if (!outgoing.headersSent) head({ "content-length": body.length });
    outgoing.end(body);
  } finally {
    services.keepAlive.forget(patience);
  }
}

async function askWhole(
  exchange: Exchange,
  target: Omit<Question, "body">,
  translation: ClientTranslation,
): Promise<Uint8Array> {
  const reply = await askProvider(exchange, { ...target, body: translation.body });
  return readWhole(exchange, reply, (body, contentType) => translation.answerWhole(body, contentType));
}

/** Reads a provider's whole answer and translates it. Throws a FailedUpstream when it is none. */
export async function readWhole(
  exchange: Exchange,
  reply: Reply,
  translate: (body: Uint8Array, contentType: string) => WholeAnswer,
): Promise<Uint8Array> {
  const body = await collect(reply.body, answerLimitBytes);
  const answer = translate(body, reply.headers["content-type"] ?? "");
  if (!answer.ok) throw new FailedUpstream(answer.failure);
  exchange.notes.metered = answer.metered;
  return answer.body;
}
