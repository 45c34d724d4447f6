/** A function tool as a chat request declares it. */
export interface DemoTool {
  readonly name: string;
  readonly schema: unknown;
}

/** What the demo reads of a chat completions request. */
export interface DemoRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens: number;
  readonly tools: readonly DemoTool[];
  /** A tool that must be called by name, any tool, or none at all; undefined when the model may choose. */
  readonly forced: { readonly tool: string } | "any" | "none" | undefined;
  /** The JSON Schema that the answer has to follow. */
  readonly schema: unknown;
  /** What the user wrote last, reminders of the client left out. */
  readonly prompt: string;
  /** Results of the tools called in the last turn; empty when the user has the word. */
  readonly toolResults: readonly string[];
  readonly promptTokens: number;
}

/** Reads a chat completions request as far as the demo answers to it; never throws on odd shapes. */
export function readDemoRequest(body: Uint8Array): DemoRequest {
  const request = record(JSON.parse(new TextDecoder().decode(body)));
  const messages = list(request["messages"]).map(record);
  const turn = messages.slice(messages.findLastIndex((message) => message["role"] === "assistant") + 1);
  const maxTokens = request["max_completion_tokens"] ?? request["max_tokens"];
  return {
    model: text(request["model"]),
    stream: request["stream"] === true,
    maxTokens: typeof maxTokens === "number" ? maxTokens : Number.POSITIVE_INFINITY,
    tools: list(request["tools"]).map((tool) => {
      const declared = record(record(tool)["function"]);
      return { name: text(declared["name"]), schema: declared["parameters"] };
    }),
    forced: forcedTool(request["tool_choice"]),
    schema: record(record(request["response_format"])["json_schema"])["schema"],
    prompt: promptOf(messages),
    toolResults: turn.filter((message) => message["role"] === "tool").map((message) => contentText(message["content"])),
    // Four bytes a token is near enough for numbers that nobody is billed for.
    promptTokens: Math.ceil(body.byteLength / 4),
  };
}

function forcedTool(choice: unknown): DemoRequest["forced"] {
  if (choice === "required") return "any";
  if (choice === "none") return "none";
  const name = record(record(choice)["function"])["name"];
  return typeof name === "string" ? { tool: name } : undefined;
}

function promptOf(messages: readonly Record<string, unknown>[]): string {
  const last = messages.findLast((message) => message["role"] === "user" && written(message["content"]) !== "");
  return last === undefined ? "" : written(last["content"]);
}

/** The client wraps its own notes in tags; what is left is what a person typed. */
function written(content: unknown): string {
  return contentText(content)
    .replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "")
    .trim();
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => text(record(part)["text"]))
    .filter((part) => part !== "")
    .join("\n");
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
