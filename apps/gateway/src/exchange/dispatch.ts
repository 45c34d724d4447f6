import type { Credential } from "@drawbridge/providers";
import type { Admitted, Target } from "./admit.ts";
import { createWriter, type Question } from "./ask-provider.ts";
import type { Exchange, ExchangeNotes } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";

interface Asked {
  readonly route: Route;
  readonly question: Question;
}

/**
 * Writes the request for one of the plan's routes after the other until `ask` gets an answer there, and notes each
 * attempt. Throws the failure to be told.
 */
export async function dispatch<Answer>(
  exchange: Exchange,
  admitted: Admitted,
  ask: (route: Route, question: Question) => Promise<Answer>,
): Promise<Answer> {
  const { services, snapshot, signal, notes } = exchange;
  const write = createWriter(exchange, admitted);
  const send = async (route: Route): Promise<Asked & { readonly answer: Answer }> => {
    const question = write(route);
    note(notes, { route, question });
    return { route, question, answer: await ask(route, question) };
  };
  const answered = await services.dispatcher.run<Target, Credential, Awaited<ReturnType<typeof send>>>(
    admitted.plan,
    send,
    { signal, deadlineMs: snapshot.deadlineMs, onAttempt: (attempt) => void notes.tried.push(attempt) },
  );
  // Of two that were asked at the same time the quicker one counts, which need not be the last.
  note(notes, answered);
  return answered.answer;
}

function note(notes: ExchangeNotes, { route, question }: Asked): void {
  notes.provider = route.target.provider.name;
  notes.model = route.target.model;
  notes.credential = route.credential.name;
  notes.dropped = question.translation.dropped;
}
