import { ProviderError, type Reply } from "@drawbridge/providers";
import type { AnswerStream } from "@drawbridge/translator";
import { askProvider, type Question } from "./ask-provider.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import { readRounds } from "./read-rounds.ts";
import { Stall } from "./stall.ts";
import { type ReadAnswer, readWhole } from "./whole-answer.ts";

/** An answer of which the first real content is there. */
export type OpenedAnswer =
  | (ReadAnswer & { readonly form: "whole" })
  | {
      readonly form: "stream";
      /** Where the answer comes from. */
      readonly place: Pick<Route, "target" | "credential">;
      readonly stream: AnswerStream;
      /** For the client, and not yet sent; whoever sends it takes it away. */
      readonly held: Uint8Array[];
      /** What the provider has still to say. */
      readonly rest: AsyncIterator<Uint8Array>;
      readonly stall: Stall;
    };

/**
 * Asks a provider for a stream and reads it up to its first real content. Throws a ProviderError for whatever goes wrong
 * until then; nothing has been sent to the client, so another provider may be asked.
 */
export async function openStream(exchange: Exchange, route: Route, question: Question): Promise<OpenedAnswer> {
  const { translation, target } = question;
  if (translation.answer !== undefined) {
    return { form: "whole", body: translation.answer.stream(), metered: undefined };
  }
  const { services } = exchange;
  const { deadlines } = target.provider;
  const stall = new Stall({ deadlines, clock: () => services.clock(), keepAlive: services.keepAlive, route });
  try {
    const opened = await open(exchange, { ...route, signal: stall.signal }, { question, stall });
    if (opened.form === "whole") stall.close();
    stall.begin();
    return opened;
  } catch (error) {
    stall.cutOff();
    throw stall.explain(error);
  }
}

async function open(
  exchange: Exchange,
  route: Route,
  { question, stall }: { readonly question: Question; readonly stall: Stall },
): Promise<OpenedAnswer> {
  const { translation, account } = question;
  const reply = await askProvider(exchange, route, question);
  stall.headed();
  if (isJson(reply) && translation.answerInRounds === undefined) {
    const answer = await readWhole(reply, question, (body, type) => translation.answerReplayed(body, type));
    return { form: "whole", ...answer };
  }
  const stream = translation.answerStream();
  account.follow(stream);
  const rest = readRounds(exchange, { route, question, reply, stream });
  const held: Uint8Array[] = [];
  while (!stream.committed) {
    const next = await rest.next();
    held.push(stall.take(next.done === true ? stream.end() : stream.push(next.value), stream));
    if (stream.committed || next.done === true || stream.failure !== undefined) break;
  }
  if (stream.committed || stream.failure === undefined) {
    account.pause("store");
    if (account.recorded !== undefined) await account.recorded;
    account.resume();
    const place = { target: route.target, credential: route.credential };
    return { form: "stream", place, stream, held, rest, stall };
  }
  await rest.return();
  throw new ProviderError(stream.failure);
}

function isJson({ headers }: Reply): boolean {
  return headers["content-type"]?.includes("application/json") ?? false;
}
