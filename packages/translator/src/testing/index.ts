export { chatExchange } from "./chat-exchange.ts";
export { cutEverywhere } from "./cut-everywhere.ts";
export { addEventGrammarMatcher } from "./follow-event-grammar.ts";
export { readEvents } from "./read-events.ts";
export { chunk, failWhole, frames, runChunks, runStream, runWhole } from "./run-chat.ts";
export {
  geminiChunk,
  geminiExchange,
  geminiRequestOf,
  runGemini,
  runGeminiText,
  runGeminiWhole,
} from "./run-gemini.ts";
export { messagesRequest } from "./chat-request-of.ts";
export { unlikeFrames } from "./unlike-frames.ts";
