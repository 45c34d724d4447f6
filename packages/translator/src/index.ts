export type { Answer } from "./messages/answer.ts";
export type { ContentBlock } from "./messages/content.ts";
export type { StopReason, StreamEvent } from "./messages/events.ts";
export type { FailureKind, UpstreamFailure } from "./messages/failure.ts";
export { parseCountRequest, parseRequest, type CountRequest } from "./messages/parse-request.ts";
export { readEnvelope } from "./messages/read-envelope.ts";
export {
  errorTypeOf,
  renderFailure,
  renderRefusal,
  type FailureContext,
  type Refusal,
  type RenderedError,
} from "./messages/render-failure.ts";
export type { MessagesRequest } from "./messages/request.ts";
export { splice, type Edit } from "./messages/splice.ts";
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
