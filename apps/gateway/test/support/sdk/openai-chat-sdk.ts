import OpenAI from "openai";
import { aliceKey } from "../scenario.ts";
import { type Conversation, readFile, type Said, type Sdk, type ToolOutput } from "./conversation.ts";

/** OpenAI's SDK, by chat completions. */
export const openaiChatSdk: Sdk = {
  name: "OpenAI's SDK, chat completions",
  begin: (gatewayUrl, model) => new ChatConversation(gatewayUrl, model),
  statusOf: (error) => (error instanceof OpenAI.APIError ? Number(error.status ?? 0) : undefined),
};

const tool: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: { name: readFile.name, description: readFile.description, parameters: { ...readFile.schema } },
};

/** Reasoning that servers other than OpenAI's tell beside the content. */
type Reasoned = OpenAI.ChatCompletionMessage & { readonly reasoning_content?: string };

class ChatConversation implements Conversation {
  seen = "";
  readonly #client: OpenAI;
  readonly #model: string;
  readonly #messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "developer", content: "Be brief." }];
  #calls: readonly OpenAI.ChatCompletionMessageFunctionToolCall[] = [];

  constructor(gatewayUrl: string, model: string) {
    this.#client = new OpenAI({ baseURL: `${gatewayUrl}/openai/v1`, apiKey: aliceKey, maxRetries: 0 });
    this.#model = model;
  }

  say(text: string): void {
    this.#messages.push({ role: "user", content: text });
  }

  /** Images cannot stand in a tool's message here: they follow as the user's. */
  give(outputs: readonly ToolOutput[]): void {
    for (const [at, { id }] of this.#calls.entries()) {
      this.#messages.push({ role: "tool", tool_call_id: id, content: outputs[at]?.text ?? "" });
    }
    const images = outputs.flatMap(({ image }) => (image === undefined ? [] : [imagePart(image)]));
    if (images.length > 0) this.#messages.push({ role: "user", content: images });
  }

  async answer(stream: boolean): Promise<Said> {
    this.seen = "";
    const request = {
      model: this.#model,
      max_completion_tokens: 4_000,
      messages: [...this.#messages],
      tools: [tool],
      reasoning_effort: "high",
    } satisfies OpenAI.ChatCompletionCreateParams;
    const completion = stream ? await this.#stream(request) : await this.#client.chat.completions.create(request);
    const [choice] = completion.choices;
    if (choice === undefined) throw new Error("a completion without a choice");
    this.#messages.push(choice.message);
    this.#calls = (choice.message.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [call] : []));
    return saidIn(completion, choice, this.#calls);
  }

  async #stream(request: OpenAI.ChatCompletionCreateParams): Promise<OpenAI.ChatCompletion> {
    const stream = this.#client.chat.completions.stream({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    stream.on("content", (text) => (this.seen += text));
    return await stream.finalChatCompletion();
  }
}

function imagePart(image: string): OpenAI.ChatCompletionContentPartImage {
  return { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } };
}

const stops: Readonly<Record<string, Said["stop"]>> = { stop: "end", tool_calls: "tools", length: "length" };

function saidIn(
  { usage }: OpenAI.ChatCompletion,
  { message, finish_reason }: OpenAI.ChatCompletion.Choice,
  calls: readonly OpenAI.ChatCompletionMessageFunctionToolCall[],
): Said {
  return {
    thinking: (message as Reasoned).reasoning_content ?? "",
    text: message.content ?? "",
    calls: calls.map(({ id, function: { name, arguments: written } }) => ({ id, name, input: JSON.parse(written) })),
    stop: stops[finish_reason] ?? "other",
    usage: {
      input: usage?.prompt_tokens ?? 0,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
    },
  };
}
