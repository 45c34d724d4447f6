import { type Fields, fieldsAt, fieldsIn, isFields, textAt, unknownKey, words } from "./json-fields.ts";
import { sealOf } from "./responses-rendering.ts";

// Source: `ResponseCreateParams` in openai-node 7.57.
const topLevel = words(
  "access_programs background context_management conversation image include input instructions max_output_tokens " +
    "max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key " +
    "prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options " +
    "temperature text tool_choice tools top_logprobs top_p truncation user",
);
// Source: the members of `ResponseInputItem` there; only what a gateway of conversations has to say.
const itemFields: Readonly<Record<string, ReadonlySet<string>>> = {
  message: words("type id role content status phase"),
  reasoning: words("type id summary content encrypted_content status"),
  function_call: words("type id call_id name arguments status namespace"),
  function_call_output: words("type id call_id output status"),
  custom_tool_call: words("type id call_id name input status namespace"),
  custom_tool_call_output: words("type id call_id output status"),
  web_search_call: words("type id status action"),
};
const partFields: Readonly<Record<string, ReadonlySet<string>>> = {
  input_text: words("type text prompt_cache_breakpoint"),
  input_image: words("type detail file_id image_url prompt_cache_breakpoint"),
  input_file: words("type detail file_data file_id file_url filename prompt_cache_breakpoint"),
  output_text: words("type text annotations logprobs"),
  refusal: words("type refusal"),
};
const toolFields = words("type name description parameters strict defer_loading");
const roles = words("system developer user assistant");
const name = /^[a-zA-Z0-9_-]{1,64}$/;

/** Says what OpenAI's Responses API would refuse in a request, in its words; undefined when it is sound. */
export function checkResponsesRequest(body: unknown): string | undefined {
  if (!isFields(body)) return "We could not parse the JSON body of your request.";
  if (typeof body["model"] !== "string") return "you must provide a model parameter";
  const unknown = unknownKey(body, topLevel);
  if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`;
  const limit = body["max_output_tokens"];
  if (typeof limit === "number" && limit < 16) {
    return `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${limit} instead.`;
  }
  if (typeof body["input"] === "string") return checkTools(body["tools"]);
  const items = fieldsIn(body["input"]);
  if (items.length === 0) return "Invalid 'input': empty array. Expected an array with minimum length 1.";
  return checkTools(body["tools"]) ?? checkItems(items) ?? checkCalls(items);
}

function checkTools(tools: unknown): string | undefined {
  for (const [at, tool] of fieldsIn(tools).entries()) {
    if (tool["type"] !== "function") continue;
    const unknown = unknownKey(tool, toolFields);
    if (unknown !== undefined) return `Unknown parameter: 'tools[${at}].${unknown}'.`;
    if (!name.test(textAt(tool, "name"))) return `Invalid 'tools[${at}].name': string does not match pattern.`;
    const wrong = checkSchema(tool);
    if (wrong !== undefined) return `Invalid schema for function '${textAt(tool, "name")}': ${wrong}`;
  }
  return undefined;
}

function checkSchema({ parameters, strict }: Fields): string | undefined {
  if (parameters === null || parameters === undefined) return undefined;
  if (!isFields(parameters) || parameters["type"] !== "object")
    return "schema must be a JSON Schema of 'type: \"object\"'.";
  if (strict !== true) return undefined;
  if (parameters["additionalProperties"] !== false) {
    return "In context=(), 'additionalProperties' is required to be supplied and to be false.";
  }
  const required = Array.isArray(parameters["required"]) ? parameters["required"] : [];
  const missing = Object.keys(fieldsAt(parameters, "properties")).find((key) => !required.includes(key));
  return missing && `In context=(), 'required' is required to include every key in properties. Missing '${missing}'.`;
}

function checkItems(items: readonly Fields[]): string | undefined {
  for (const [at, item] of items.entries()) {
    const type = textAt(item, "type") || "message";
    const known = itemFields[type];
    if (known === undefined)
      return `Invalid value: '${type}'. Supported values are: ${Object.keys(itemFields).join()}.`;
    const unknown = unknownKey(item, known);
    if (unknown !== undefined) return `Unknown parameter: 'input[${at}].${unknown}'.`;
    const wrong = checkItem(item, items.slice(at + 1));
    if (wrong !== undefined) return `Invalid 'input[${at}]': ${wrong}`;
  }
  return undefined;
}

function checkItem(item: Fields, after: readonly Fields[]): string | undefined {
  switch (item["type"]) {
    case "reasoning":
      return checkReasoning(item, after);
    case "function_call":
      if (!name.test(textAt(item, "name"))) return "string does not match pattern.";
      return typeof item["arguments"] === "string" ? undefined : "expected a string in 'arguments'.";
    case "function_call_output":
      return checkParts(item["output"], "input_");
    case undefined:
    case "message":
      if (!roles.has(textAt(item, "role"))) return `Invalid value: '${textAt(item, "role")}'.`;
      return checkParts(item["content"], item["role"] === "assistant" ? "output_text refusal" : "input_");
    default:
      return undefined;
  }
}

function checkReasoning(item: Fields, after: readonly Fields[]): string | undefined {
  const id = textAt(item, "id");
  const { encrypted_content: sealed } = item;
  if (sealed !== undefined && sealed !== null && sealed !== sealOf(id)) {
    return "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.";
  }
  const led = after.find(({ type }) => type !== "reasoning");
  const follows = led?.["role"] === "assistant" || textAt(led ?? {}, "type").endsWith("_call");
  return follows ? undefined : `Item '${id}' of type 'reasoning' was provided without its required following item.`;
}

function checkParts(content: unknown, allowed: string): string | undefined {
  if (typeof content === "string") return undefined;
  const parts = fieldsIn(content);
  if (parts.length === 0) return "expected a string or a non-empty array.";
  for (const part of parts) {
    const type = textAt(part, "type");
    const known = partFields[type];
    if (known === undefined || !(allowed.includes(type) || type.startsWith(allowed))) {
      return `Invalid value: '${type}'. Supported values are: '${allowed}'.`;
    }
    const unknown = unknownKey(part, known);
    if (unknown !== undefined) return `Unknown parameter: '${unknown}' in a part of type '${type}'.`;
  }
  return undefined;
}

function checkCalls(items: readonly Fields[]): string | undefined {
  const open = new Set<string>();
  for (const item of items) {
    const { type } = item;
    const id = textAt(item, "call_id");
    if (type === "function_call" || type === "custom_tool_call") {
      if (id.length > 64) return `Invalid 'call_id': string too long. Expected a string with maximum length 64.`;
      open.add(id);
    } else if (type === "function_call_output" || type === "custom_tool_call_output") {
      if (!open.delete(id)) return `No tool call found for function call output with call_id ${id}.`;
    }
  }
  const [unanswered] = open;
  return unanswered && `No tool output found for function call ${unanswered}.`;
}
