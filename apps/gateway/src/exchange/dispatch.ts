import { type Credential, isProviderError } from "@drawbridge/providers";
import type { Target } from "./admit.ts";
import type { AttemptAccount } from "./attempt-account.ts";
import { freeAccount } from "./free-account.ts";
import { createWriter, type Question } from "./ask-provider.ts";
import { beginAttempt, type Begun, isDeclined } from "./begin-attempt.ts";
import type { Exchange, ExchangeNotes } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import { giveBack } from "./give-back.ts";
import type { Held } from "./hold-request.ts";

interface Asked {
  readonly route: Route;
  readonly question: Question;
}

const free: Begun = { account: freeAccount, maxTokens: undefined };

/**
 * Writes the request for one of the plan's routes after the other until `ask` gets an answer there, and notes each
 * attempt. Whoever takes the answer ends its account. Throws the failure to be told.
 */
export async function dispatch<Answer>(
  exchange: Exchange,
  held: Held,
  ask: (route: Route, question: Question) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly account: AttemptAccount }> {
  const { services, snapshot, signal, notes } = exchange;
  const write = createWriter(exchange, held);
  const send = async (route: Route, isAgain = false): Promise<Asked & { readonly answer: Answer }> => {
    const written = write(route);
    const { account, maxTokens } =
      held.account === undefined ? free : await beginAttempt(exchange, held.account, route);
    try {
      const isBilled = account !== freeAccount;
      const question: Question = {
        ...(maxTokens === undefined ? written : write(route, maxTokens)),
        account,
        isBilled,
      };
      note(notes, { route, question });
      return { route, question, answer: await ask(route, question) };
    } catch (error) {
      notes.readOnMs = 0;
      account.failed(error);
      // Nothing is said against the place, but what it may bill for the first time is in the account.
      if (isStale(error) && !route.signal.aborted && !isAgain) return send(route, true);
      throw error;
    }
  };
  const answered = await services.dispatcher.run<Target, Credential, Awaited<ReturnType<typeof send>>>(
    held.plan,
    send,
    { signal, deadlineMs: snapshot.deadlineMs, isDeclined, onAttempt: (attempt) => void notes.tried.push(attempt) },
  );
  // Of two that were asked at the same time the quicker one counts, which need not be the last.
  note(notes, answered);
  const { sent } = answered.question.wire;
  // What was sent twice may be on its way still.
  if (sent !== undefined && notes.attempts === 1) giveBack(held.body, sent);
  return { answer: answered.answer, account: answered.question.account };
}

function isStale(error: unknown): boolean {
  return isProviderError(error) && error.failure.stale === true;
}

function note(notes: ExchangeNotes, { route, question }: Asked): void {
  notes.provider = route.target.provider.name;
  notes.model = route.target.model;
  notes.credential = route.credential.name;
  notes.dropped = question.translation.dropped;
  notes.head = question.head;
}
