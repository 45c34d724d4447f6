import {
  anthropicMessages,
  bedrockConverse,
  gemini,
  openaiChat,
  openaiResponses,
  readEnvelope,
} from "@drawbridge/translator";
import { expect, test } from "vitest";
import { dialectStream } from "./dialect-stream.ts";
import { scriptedAnswer } from "./scripted-answer.ts";
import { streamingRequest } from "./streaming-request.ts";

const context = { messageId: "msg_1", askedModel: "m" };

test.each([anthropicMessages, openaiChat, openaiResponses, gemini, bedrockConverse])(
  "the stream of $name tells the whole answer, in about two hundred events",
  (dialect) => {
    const request = { body: streamingRequest, envelope: readEnvelope(streamingRequest) };
    const translation = dialect.translate(request, { model: "m" }, context);
    const answer = translation.answerStream();
    const events = dialectStream(dialect.name);
    let text = "";
    for (const event of events) text += new TextDecoder().decode(answer.push(event));
    answer.end();
    expect(events.length).toBeGreaterThan(150);
    expect(events.length).toBeLessThan(260);
    expect(answer.failure).toBeUndefined();
    expect(answer.metered.stopReason).toBe("tool_use");
    expect(deltas(text, "thinking")).toBe(scriptedAnswer.thinking.join(""));
    expect(deltas(text, "text")).toBe(scriptedAnswer.text.join(""));
    expect(deltas(text, "partial_json")).toBe(scriptedAnswer.tool.input.join(""));
  },
);

function deltas(stream: string, field: string): string {
  const data = stream.split("\n").filter((line) => line.startsWith("data: "));
  return data
    .map((line): { delta?: Record<string, unknown> } => JSON.parse(line.slice(6)))
    .map(({ delta }) => delta?.[field])
    .filter((piece) => typeof piece === "string")
    .join("");
}
