export { chatExchange } from "./chat-exchange.ts";
export { cutEverywhere } from "./cut-everywhere.ts";
export { addEventGrammarMatcher } from "./follow-event-grammar.ts";
export { readEvents } from "./read-events.ts";
export { chunk, failWhole, frames, runChunks, runStream, runWhole } from "./run-chat.ts";
