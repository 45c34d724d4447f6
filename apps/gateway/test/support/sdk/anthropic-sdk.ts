import Anthropic from "@anthropic-ai/sdk";
import { aliceKey } from "../scenario.ts";
import { type Conversation, readFile, type Said, type Sdk, type ToolOutput } from "./conversation.ts";

/** Anthropic's SDK. */
export const anthropicSdk: Sdk = {
  name: "Anthropic's SDK",
  begin: (gatewayUrl, model) => new AnthropicConversation(gatewayUrl, model),
  statusOf: (error) => (error instanceof Anthropic.APIError ? Number(error.status ?? 0) : undefined),
};

const tool: Anthropic.Tool = {
  name: readFile.name,
  description: readFile.description,
  input_schema: { ...readFile.schema, required: [...readFile.schema.required] },
};

class AnthropicConversation implements Conversation {
  seen = "";
  readonly #client: Anthropic;
  readonly #model: string;
  readonly #messages: Anthropic.MessageParam[] = [];
  #calls: readonly Anthropic.ToolUseBlock[] = [];

  constructor(gatewayUrl: string, model: string) {
    this.#client = new Anthropic({
      baseURL: `${gatewayUrl}/anthropic`,
      apiKey: aliceKey,
      authToken: null,
      maxRetries: 0,
    });
    this.#model = model;
  }

  say(text: string): void {
    this.#messages.push({ role: "user", content: [{ type: "text", text, cache_control: { type: "ephemeral" } }] });
  }

  give(outputs: readonly ToolOutput[]): void {
    const content = this.#calls.map(({ id }, at) => resultOf(id, outputs[at] ?? { text: "" }));
    this.#messages.push({ role: "user", content });
  }

  async answer(stream: boolean): Promise<Said> {
    this.seen = "";
    const request = {
      model: this.#model,
      max_tokens: 4_000,
      system: "Be brief.",
      messages: [...this.#messages],
      tools: [tool],
      thinking: { type: "enabled", budget_tokens: 1_024 },
    } satisfies Anthropic.MessageCreateParamsNonStreaming;
    const message = stream ? await this.#stream(request) : await this.#client.messages.create(request);
    this.#messages.push({ role: "assistant", content: message.content });
    this.#calls = message.content.filter((block) => block.type === "tool_use");
    return saidIn(message);
  }

  async #stream(request: Anthropic.MessageCreateParamsNonStreaming): Promise<Anthropic.Message> {
    const stream = this.#client.messages.stream(request);
    stream.on("text", (text) => (this.seen += text));
    return await stream.finalMessage();
  }
}

function resultOf(id: string, { text, image }: ToolOutput): Anthropic.ToolResultBlockParam {
  const content: Anthropic.ToolResultBlockParam["content"] = [{ type: "text", text }];
  if (image !== undefined) {
    content.push({ type: "image", source: { type: "base64", media_type: "image/png", data: image } });
  }
  return { type: "tool_result", tool_use_id: id, content };
}

const stops: Readonly<Record<string, Said["stop"]>> = { end_turn: "end", tool_use: "tools", max_tokens: "length" };

function saidIn({ content, stop_reason, usage }: Anthropic.Message): Said {
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    thinking: content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.filter((block) => block.type === "tool_use"),
    stop: stops[stop_reason ?? ""] ?? "other",
    usage: { input: usage.input_tokens + cached, cached, output: usage.output_tokens },
  };
}
