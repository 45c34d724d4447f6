import type { AnswerStream, Dropped, Translation, WholeAnswer, WholeRounds } from "../dialects/dialect.ts";
import type { ClientTranslation } from "./client-dialect.ts";

/** How a client dialect writes answers that are there in the form of the Messages API. */
export interface AnswerForms {
  /** The client's form of a whole answer. */
  readonly whole: (body: Uint8Array) => Uint8Array;
  /** The same stream, but written in the client's dialect. */
  readonly stream: (answer: AnswerStream) => AnswerStream;
  /** A whole answer, told as a stream. */
  readonly replay: (body: Uint8Array) => Uint8Array;
  /** The client's own terms for what was left out. */
  readonly dropped: (lost: readonly Dropped[]) => readonly Dropped[];
}

const encoder = new TextEncoder();

/** Leads a provider's translation on to the client. */
export function clientTranslation(translation: Translation, forms: AnswerForms): ClientTranslation {
  const { body, dropped, betaHeader, answer, answerInRounds } = translation;
  // Written out: putting objects together costs more than all else here.
  return {
    body,
    dropped: forms.dropped(dropped),
    betaHeader,
    answer: answer && {
      whole: () => forms.whole(encoder.encode(JSON.stringify(answer))),
      stream: () => forms.replay(encoder.encode(JSON.stringify(answer))),
    },
    answerStream: () => forms.stream(translation.answerStream()),
    answerWhole: (whole, contentType) => mapped(translation.answerWhole(whole, contentType), forms.whole),
    answerInRounds: answerInRounds && (() => roundsIn(answerInRounds(), forms.whole)),
    answerReplayed: (whole, contentType) => mapped(translation.answerWhole(whole, contentType), forms.replay),
  };
}

function roundsIn(whole: WholeRounds, form: (body: Uint8Array) => Uint8Array): WholeRounds {
  return {
    rounds: whole.rounds,
    take: (body, contentType) => whole.take(body, contentType),
    end: () => mapped(whole.end(), form),
  };
}

function mapped(answer: WholeAnswer, form: (body: Uint8Array) => Uint8Array): WholeAnswer {
  return answer.ok ? { ...answer, body: form(answer.body) } : answer;
}
