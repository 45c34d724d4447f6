export type {
  ClientCall,
  ClientContext,
  ClientDialect,
  ClientDialectName,
  ClientTranslation,
  KnownAnswer,
} from "./clients/client-dialect.ts";
export { messagesClient } from "./clients/messages-client.ts";
export { chatClient } from "./clients/openai-chat/index.ts";
export { responsesClient } from "./clients/openai-responses/index.ts";
export type { Answer } from "./messages/answer.ts";
export { assembleAnswer, encodeAnswer } from "./messages/assemble.ts";
export { withCompaction } from "./compaction/with-compaction.ts";
export type { ContentBlock } from "./messages/content.ts";
export type { AppliedEdit, ContextManagement } from "./messages/context-management.ts";
export { estimateCount } from "./conversation/estimate-count.ts";
export { estimateInputTokens, type Countable } from "./messages/estimate-input-tokens.ts";
export { estimateTokens } from "./messages/estimate-tokens.ts";
export type { StopReason, StreamEvent } from "./messages/events.ts";
export type { FailureKind, UpstreamFailure } from "./messages/failure.ts";
export { meterEvents, type Meter } from "./messages/meter.ts";
export { isOwnSignature, openOpaque, sealOpaque } from "./messages/opaque.ts";
export { parseCountRequest, parseRequest, type CountRequest } from "./messages/parse-request.ts";
export { RecurringContainers, type SameBytes } from "./json/recurring-containers.ts";
export { readEnvelope } from "./messages/read-envelope.ts";
export {
  errorTypeOf,
  renderFailure,
  renderRefusal,
  type FailureContext,
  type Refusal,
  type RenderedError,
} from "./messages/render-failure.ts";
export { replayAnswer } from "./messages/replay.ts";
export type { MessagesRequest } from "./messages/request.ts";
export type { RequestContent } from "./messages/request-content.ts";
export { splice, type Edit } from "./messages/splice.ts";
export { noUsage, type Usage } from "./messages/usage.ts";
export { fromWireUsage, toWireUsage } from "./messages/wire-usage.ts";
export type {
  AnswerStream,
  ClientRequest,
  Counting,
  Dialect,
  DialectName,
  Dropped,
  Envelope,
  ErrorAnswer,
  Metered,
  Span,
  StreamRounds,
  Target,
  TokenCount,
  Translation,
  TranslationContext,
  WholeAnswer,
  WholeRounds,
  WrittenRequest,
} from "./dialects/dialect.ts";
export { messagesCarries } from "./dialects/anthropic-messages/carries.ts";
export { converseCarries } from "./dialects/bedrock-converse/carries.ts";
export { converseProfileOf } from "./dialects/bedrock-converse/families.ts";
export { bedrockConverse } from "./dialects/bedrock-converse/index.ts";
export { genericConverse, type ConverseProfile, type ConverseReasoning } from "./dialects/bedrock-converse/profile.ts";
export {
  encodeConverseRequest,
  type ConverseTarget,
  type EncodedConverse,
} from "./dialects/bedrock-converse/request.ts";
export type { CarryRow } from "./dialects/carries.ts";
export { chatCarries } from "./dialects/openai-chat/carries.ts";
export { geminiCarries } from "./dialects/gemini/carries.ts";
export { gemini } from "./dialects/gemini/index.ts";
export { geminiProfileOf } from "./dialects/gemini/known-models.ts";
export { genericGemini, type GeminiProfile, type GeminiThinking } from "./dialects/gemini/profile.ts";
export { encodeGeminiRequest, type EncodedGemini } from "./dialects/gemini/request.ts";
export { openaiChat } from "./dialects/openai-chat/index.ts";
export {
  anthropicMessages,
  azureFoundry,
  bedrockInvoke,
  bedrockMessages,
  compatibleMessages,
  deepseekMessages,
  filterForeignThinking,
  messagesOn,
  minimaxMessages,
  moonshotMessages,
  readBetas,
  vertexRawPredict,
  type BetaRules,
  type BlockTypes,
  type GatedEdit,
  type GatedField,
  type MessagesPlatform,
  type RequestPart,
  type ThinkingCuts,
} from "./dialects/anthropic-messages/index.ts";
export { genericChat, type ChatProfile } from "./dialects/openai-chat/profile.ts";
export { responsesCarries } from "./dialects/openai-responses/carries.ts";
export { openaiResponses } from "./dialects/openai-responses/index.ts";
export { responsesProfileOf } from "./dialects/openai-responses/known-models.ts";
export { genericResponses, type ResponsesProfile } from "./dialects/openai-responses/profile.ts";
export { encodeChatRequest, type EncodedChat } from "./dialects/openai-chat/request.ts";
export { isTranslatorError, TranslatorError, type TranslatorErrorCode } from "./errors.ts";
export type {
  SearchError,
  SearchOutcome,
  SearchQuery,
  SearchResult,
  SearchRounds,
  UserLocation,
  WebSearch,
} from "./search/web-search.ts";
export type { DeclaredTool } from "./tools/tool-list.ts";
export { withSearch } from "./search/with-search.ts";
export { streamAnswer, type AnswerReading, type EventDecoder, type EventEncoder } from "./stream/answer-stream.ts";
export { encodeEvent } from "./stream/event-bytes.ts";
export { decodeSse, type SseDecoder, type SseFrame, type SseOptions } from "./stream/sse.ts";
export { pipe, type Stage } from "./stream/stage.ts";
