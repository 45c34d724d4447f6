import { type Fields, fieldsIn, isFields, unknownKey, words } from "./json-fields.ts";

// Source: OpenAI API reference, "Create chat completion", and the extra ones that vLLM and others take.
const topLevel = words(
  "model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k n stop tools " +
    "tool_choice parallel_tool_calls reasoning_effort reasoning thinking_budget response_format prompt_cache_key " +
    "user seed metadata store service_tier chat_template_kwargs continue_final_message add_generation_prompt " +
    "frequency_penalty presence_penalty logit_bias verbosity safety_identifier",
);
const partTypes = words("text image_url file input_audio");
const roles = words("system developer user assistant tool");

/**
 * Says what a strict OpenAI-compatible server would refuse in a request, in OpenAI's words where they are
 * known; undefined when it is sound.
 */
export function checkChatRequest(body: unknown): string | undefined {
  if (!isFields(body)) return "We could not parse the JSON body of your request.";
  if (typeof body["model"] !== "string") return "you must provide a model parameter";
  const unknown = unknownKey(body, topLevel);
  if (unknown !== undefined) return `Unrecognized request argument supplied: ${unknown}`;
  const messages = body["messages"];
  if (!Array.isArray(messages) || messages.length === 0) return "[] is too short - 'messages'";
  return checkTools(body["tools"]) ?? checkMessages(messages) ?? checkToolOrder(messages);
}

function checkTools(tools: unknown): string | undefined {
  if (tools === undefined) return undefined;
  if (!Array.isArray(tools) || tools.length === 0) return "Invalid 'tools': empty array.";
  const at = tools.findIndex((tool) => !isFunctionTool(tool));
  return at === -1 ? undefined : `Invalid 'tools[${at}]': ${JSON.stringify(tools[at]).slice(0, 200)}`;
}

function isFunctionTool(tool: unknown): boolean {
  if (!isFields(tool) || tool["type"] !== "function" || !isFields(tool["function"])) return false;
  const { name, parameters } = tool["function"];
  const named = typeof name === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(name);
  return named && (parameters === undefined || (isFields(parameters) && parameters["type"] === "object"));
}

function checkMessages(messages: readonly unknown[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    if (!isFields(message) || !roles.has(String(message["role"]))) return `Invalid value: 'messages[${at}].role'.`;
    const wrong = checkContent(message);
    if (wrong !== undefined) return `Invalid value for 'messages[${at}].content': ${wrong}`;
  }
  return undefined;
}

function checkContent(message: Fields): string | undefined {
  const { content } = message;
  if (typeof content === "string") return undefined;
  if (content === null || content === undefined) {
    const calls = message["role"] === "assistant" && Array.isArray(message["tool_calls"]);
    return calls ? undefined : "expected a string, got null.";
  }
  if (!Array.isArray(content) || content.length === 0) return "expected a string or a non-empty array.";
  const wrong = content.find((part) => !isFields(part) || !partTypes.has(String(part["type"])));
  return wrong === undefined ? undefined : `unsupported part ${JSON.stringify(wrong).slice(0, 120)}`;
}

function checkToolOrder(messages: readonly unknown[]): string | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.filter(isFields).entries()) {
    if (message["role"] === "tool") {
      const id = String(message["tool_call_id"]);
      if (!open.delete(id)) {
        return `Invalid parameter: messages[${at}] with role 'tool' must be a response to a preceding message with 'tool_calls' (${id}).`;
      }
      continue;
    }
    if (open.size > 0) return unanswered(open);
    open = new Set(callIds(message));
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function unanswered(open: ReadonlySet<string>): string {
  return (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
    `The following tool_call_ids did not have response messages: ${[...open].join(", ")}`
  );
}

function callIds(message: Fields): string[] {
  return fieldsIn(message["tool_calls"]).map((call) => String(call["id"]));
}
