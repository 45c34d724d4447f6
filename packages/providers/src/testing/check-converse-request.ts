import { type Fields, fieldsAt, fieldsIn, isFields, textAt, unknownKey, words } from "./json-fields.ts";
import { signatureOf } from "./signature-of.ts";

// Source: `ConverseRequest` and the shapes in it, @aws-sdk/client-bedrock-runtime 3.1164.
const topLevel = words(
  "messages system inferenceConfig toolConfig guardrailConfig additionalModelRequestFields promptVariables " +
    "additionalModelResponseFieldPaths requestMetadata performanceConfig serviceTier outputConfig",
);
const inferenceFields = words("maxTokens temperature topP stopSequences");
const toolFields = words("name description inputSchema strict");
const blockKinds = words(
  "text image document video audio toolUse toolResult guardContent cachePoint reasoningContent citationsContent searchResult",
);
const resultKinds = words("text image document video json searchResult");
const systemKinds = words("text guardContent cachePoint");
const id = /^[a-zA-Z0-9_-]{1,64}$/;
const alternate =
  "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.";

/** Says what Amazon Bedrock would refuse in a request of Converse, in its words; undefined when it is sound. */
export function checkConverseRequest(body: unknown): string | undefined {
  if (!isFields(body)) return "Malformed input request, please reformat your input and try again.";
  const messages = fieldsIn(body["messages"]);
  return (
    extraneous(body, topLevel, "#") ??
    extraneous(fieldsAt(body, "inferenceConfig"), inferenceFields, "#/inferenceConfig") ??
    checkTools(fieldsAt(body, "toolConfig")) ??
    checkKinds(fieldsIn(body["system"]), systemKinds, "system") ??
    checkRoles(messages) ??
    checkMessages(messages) ??
    checkPairs(messages) ??
    checkNeed(body, messages)
  );
}

function extraneous(fields: Fields, known: ReadonlySet<string>, where: string): string | undefined {
  const unknown = unknownKey(fields, known);
  return (
    unknown &&
    `Malformed input request: ${where}: extraneous key [${unknown}] is not permitted, please reformat your input and try again.`
  );
}

function checkTools({ tools }: Fields): string | undefined {
  if (Array.isArray(tools) && tools.length === 0) return "The toolConfig.tools field must have at least 1 tool.";
  const names = new Set<string>();
  for (const [at, tool] of fieldsIn(tools).entries()) {
    if (!("toolSpec" in tool)) continue;
    const spec = fieldsAt(tool, "toolSpec");
    const unknown = extraneous(spec, toolFields, `#/toolConfig/tools/${at}/toolSpec`);
    if (unknown !== undefined) return unknown;
    const name = textAt(spec, "name");
    if (!id.test(name))
      return `Value '${name}' at 'toolConfig.tools.${at}.member.toolSpec.name' failed to satisfy constraint`;
    if (names.has(name)) return "The toolConfig contains duplicate tool names.";
    names.add(name);
    if (fieldsAt(fieldsAt(spec, "inputSchema"), "json")["type"] !== "object") {
      return `The value at toolConfig.tools.${at}.toolSpec.inputSchema.json.type must be one of the following: object.`;
    }
    if (spec["description"] === "")
      return `Value at 'toolConfig.tools.${at}.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1`;
  }
  return undefined;
}

function checkRoles(messages: readonly Fields[]): string | undefined {
  if (messages[0]?.["role"] !== "user") {
    return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
  }
  const twice = messages.some(({ role }, at) => role === messages[at - 1]?.["role"]);
  return twice ? alternate : undefined;
}

function checkMessages(messages: readonly Fields[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    const blocks = fieldsIn(message["content"]);
    if (blocks.length === 0) {
      return `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`;
    }
    const wrong = checkKinds(blocks, blockKinds, `messages.${at}.content`);
    if (wrong !== undefined) return wrong;
    for (const [number, block] of blocks.entries()) {
      const refused = checkBlock(block, `messages.${at}.content.${number}`);
      if (refused !== undefined) return refused;
    }
  }
  return undefined;
}

/** Each block is a union of which exactly one member is set. */
function checkKinds(blocks: readonly Fields[], kinds: ReadonlySet<string>, where: string): string | undefined {
  for (const [at, block] of blocks.entries()) {
    const unknown = extraneous(block, kinds, `#/${where}/${at}`);
    if (unknown !== undefined) return unknown;
    if (Object.keys(block).length !== 1) return `The union at ${where}.${at} must have exactly one member set.`;
    if ("text" in block && !/\S/.test(textAt(block, "text"))) {
      return `The text field in the ContentBlock object at ${where}.${at} is blank. Add text to the text field, and try again.`;
    }
  }
  return undefined;
}

function checkBlock(block: Fields, where: string): string | undefined {
  const use = fieldsAt(block, "toolUse");
  if ("toolUse" in block && !(id.test(textAt(use, "toolUseId")) && id.test(textAt(use, "name")))) {
    return `Value at '${where}.member.toolUse' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`;
  }
  if ("toolUse" in block && !isFields(use["input"]))
    return `The format of the value at ${where}.toolUse.input is invalid. Provide a json object for the field and try again.`;
  if ("toolResult" in block) {
    return checkKinds(fieldsIn(fieldsAt(block, "toolResult")["content"]), resultKinds, `${where}.toolResult.content`);
  }
  const document = fieldsAt(block, "document");
  if ("document" in block && !/^(?:[a-zA-Z0-9()[\]-]| (?! ))+$/.test(textAt(document, "name"))) {
    return "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.";
  }
  return checkReasoning(block, where);
}

function checkReasoning(block: Fields, where: string): string | undefined {
  const thought = fieldsAt(fieldsAt(block, "reasoningContent"), "reasoningText");
  if (!("text" in thought) || thought["signature"] === signatureOf(textAt(thought, "text"))) return undefined;
  return `${where}: Invalid \`signature\` in \`thinking\` block`;
}

function checkPairs(messages: readonly Fields[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    const calls = idsIn(messages[at - 1], "toolUse");
    const results = idsIn(message, "toolResult");
    const missing = calls.find((call) => !results.includes(call));
    if (missing !== undefined)
      return `Expected toolResult blocks at messages.${at}.content for the following Ids: ${missing}`;
    if (results.length > calls.length) {
      return `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`;
    }
    if (new Set(calls).size < calls.length)
      return `The toolUse blocks at messages.${at - 1}.content contain duplicate Ids.`;
  }
  const open = idsIn(messages.at(-1), "toolUse");
  return open.length > 0 ? `Expected toolResult blocks for the following Ids: ${open.join(", ")}` : undefined;
}

function checkNeed(body: Fields, messages: readonly Fields[]): string | undefined {
  const used = messages.some((message) => idsIn(message, "toolUse").length > 0);
  if (!used || isFields(body["toolConfig"])) return undefined;
  return "The toolConfig field must be defined when using toolUse and toolResult content blocks.";
}

function idsIn(message: Fields | undefined, kind: "toolUse" | "toolResult"): string[] {
  return fieldsIn(message?.["content"]).flatMap((block) =>
    kind in block ? [textAt(fieldsAt(block, kind), "toolUseId")] : [],
  );
}
