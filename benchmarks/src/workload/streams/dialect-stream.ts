import type { DialectName } from "@drawbridge/translator";
import { chatStream } from "./chat-stream.ts";
import { converseStream } from "./converse-stream.ts";
import { geminiStream } from "./gemini-stream.ts";
import { messagesStream } from "./messages-stream.ts";
import { responsesStream } from "./responses-stream.ts";
import { scriptedAnswer, type ScriptedAnswer } from "./scripted-answer.ts";

const streams: Readonly<Record<DialectName, (answer: ScriptedAnswer) => readonly (string | Buffer)[]>> = {
  "anthropic-messages": messagesStream,
  "openai-chat": chatStream,
  "openai-responses": responsesStream,
  gemini: geminiStream,
  "bedrock-converse": converseStream,
};

/** The bytes of each event in which a provider of this dialect streams one and the same answer. */
export function dialectStream(name: DialectName): Uint8Array[] {
  return streams[name](scriptedAnswer).map((event) => Buffer.from(event));
}
