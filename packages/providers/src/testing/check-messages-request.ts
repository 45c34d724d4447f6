import { type Fields, fieldsIn, isFields } from "./json-fields.ts";
import { signatureOf } from "./signature-of.ts";

/** Says what Anthropic would refuse in a request, in its words; undefined when it is sound. */
export function checkMessagesRequest(body: unknown): string | undefined {
  if (!isFields(body)) return "The request body is not valid JSON";
  if (typeof body["model"] !== "string") return "model: Field required";
  if (typeof body["max_tokens"] !== "number") return "max_tokens: Field required";
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) return "messages: at least one message is required";
  return checkBlocks(messages) ?? checkToolOrder(messages);
}

function checkBlocks(messages: readonly unknown[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    for (const [number, block] of blocksOf(message).entries()) {
      if (block["type"] === "thinking" && block["signature"] !== signatureOf(String(block["thinking"]))) {
        return `messages.${at}.content.${number}: Invalid \`signature\` in \`thinking\` block`;
      }
      if (block["type"] === "text" && block["text"] === "") return "messages: text content blocks must be non-empty";
    }
  }
  return undefined;
}

function checkToolOrder(messages: readonly unknown[]): string | undefined {
  let open: readonly string[] = [];
  // System messages may stand between a call and its result.
  for (const [at, message] of messages.entries()) {
    if (!isFields(message) || message["role"] === "system") continue;
    const results = blocksOf(message).filter((block) => block["type"] === "tool_result");
    const ids = results.map((block) => String(block["tool_use_id"]));
    const missing = open.find((id) => !ids.includes(id));
    if (missing !== undefined) {
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`;
    }
    const stray = ids.find((id) => !open.includes(id));
    if (stray !== undefined)
      return `messages.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}`;
    open = blocksOf(message).flatMap((block) => (block["type"] === "tool_use" ? [String(block["id"])] : []));
  }
  return undefined;
}

function blocksOf(message: unknown): readonly Fields[] {
  return isFields(message) ? fieldsIn(message["content"]) : [];
}
