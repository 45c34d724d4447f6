import { scriptedAnswer } from "./scripted-answer.ts";

const request = {
  model: "claude-sonnet-5-5",
  max_tokens: 32_000,
  stream: true,
  thinking: { type: "enabled", budget_tokens: 8_000 },
  tools: [{ name: scriptedAnswer.tool.name, description: "Writes a file.", input_schema: { type: "object" } }],
  messages: [{ role: "user", content: "Write the module." }],
};

/** A request of the Messages API that the scripted answer is one to, with its thinking shown. */
export const streamingRequest: Uint8Array = new TextEncoder().encode(JSON.stringify(request));
