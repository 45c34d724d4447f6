export type { Answer } from "./messages/answer.ts";
export type { ContentBlock } from "./messages/content.ts";
export type { StopReason, StreamEvent } from "./messages/events.ts";
export type { FailureKind, UpstreamFailure } from "./messages/failure.ts";
export type { MessagesRequest } from "./messages/request.ts";
export { noUsage, type Usage } from "./messages/usage.ts";
export type {
  AnswerStream,
  ClientRequest,
  Dialect,
  DialectName,
  Dropped,
  Envelope,
  ErrorAnswer,
  Metered,
  Span,
  Target,
  Translation,
  TranslationContext,
  WholeAnswer,
} from "./dialects/dialect.ts";
export { genericChat, type ChatProfile } from "./dialects/openai-chat/profile.ts";
export { isTranslatorError, TranslatorError, type TranslatorErrorCode } from "./errors.ts";
export { pipe, type Stage } from "./stream/stage.ts";
