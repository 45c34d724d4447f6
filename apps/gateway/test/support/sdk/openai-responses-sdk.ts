import OpenAI from "openai";
import { aliceKey } from "../scenario.ts";
import { type Conversation, readFile, type Said, type Sdk, type ToolOutput } from "./conversation.ts";

type Item = OpenAI.Responses.ResponseInputItem;
type Call = OpenAI.Responses.ResponseFunctionToolCall;

/** OpenAI's SDK, by Responses. */
export const openaiResponsesSdk: Sdk = {
  name: "OpenAI's SDK, Responses",
  begin: (gatewayUrl, model) => new ResponsesConversation(gatewayUrl, model),
  statusOf: (error) => (error instanceof OpenAI.APIError ? Number(error.status ?? 0) : undefined),
};

const tool: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: readFile.name,
  description: readFile.description,
  parameters: { ...readFile.schema },
  strict: false,
};

class ResponsesConversation implements Conversation {
  seen = "";
  readonly #client: OpenAI;
  readonly #model: string;
  readonly #input: Item[] = [];
  #calls: readonly Call[] = [];

  constructor(gatewayUrl: string, model: string) {
    this.#client = new OpenAI({ baseURL: `${gatewayUrl}/openai/v1`, apiKey: aliceKey, maxRetries: 0 });
    this.#model = model;
  }

  say(text: string): void {
    this.#input.push({ role: "user", content: [{ type: "input_text", text }] });
  }

  give(outputs: readonly ToolOutput[]): void {
    for (const [at, { call_id }] of this.#calls.entries()) {
      this.#input.push({ type: "function_call_output", call_id, output: outputOf(outputs[at] ?? { text: "" }) });
    }
  }

  async answer(stream: boolean): Promise<Said> {
    this.seen = "";
    const request = {
      model: this.#model,
      instructions: "Be brief.",
      max_output_tokens: 4_000,
      input: [...this.#input],
      tools: [tool],
      reasoning: { effort: "high", summary: "auto" },
      include: ["reasoning.encrypted_content"],
      store: false,
    } satisfies OpenAI.Responses.ResponseCreateParams;
    const response = stream ? await this.#stream(request) : await this.#client.responses.create(request);
    this.#input.push(...itemsOf(response));
    this.#calls = response.output.flatMap((item) => (item.type === "function_call" ? [item] : []));
    return saidIn(response, this.#calls);
  }

  async #stream(request: OpenAI.Responses.ResponseCreateParamsNonStreaming): Promise<OpenAI.Responses.Response> {
    const stream = this.#client.responses.stream({ ...request, stream: true });
    stream.on("response.output_text.delta", ({ delta }) => (this.seen += delta));
    return await stream.finalResponse();
  }
}

/** The output as the server sent it: reading a stream, the SDK adds what it has parsed. */
function itemsOf({ output }: OpenAI.Responses.Response): Item[] {
  const added = new Set(["parsed", "parsed_arguments"]);
  return JSON.parse(JSON.stringify(output, (key, value: unknown) => (added.has(key) ? undefined : value))) as Item[];
}

function outputOf({ text, image }: ToolOutput): OpenAI.Responses.ResponseInputItem.FunctionCallOutput["output"] {
  if (image === undefined) return text;
  return [
    { type: "input_text", text },
    { type: "input_image", image_url: `data:image/png;base64,${image}`, detail: "auto" },
  ];
}

function saidIn(response: OpenAI.Responses.Response, calls: readonly Call[]): Said {
  const { output, output_text, usage, status, incomplete_details } = response;
  const cut = incomplete_details?.reason === "max_output_tokens";
  const ended = calls.length > 0 ? "tools" : "end";
  return {
    thinking: output
      .flatMap((item) => (item.type === "reasoning" ? item.summary.map(({ text }) => text) : []))
      .join(""),
    text: output_text,
    calls: calls.map(({ call_id, name, arguments: written }) => ({ id: call_id, name, input: JSON.parse(written) })),
    stop: cut ? "length" : status === "completed" ? ended : "other",
    usage: {
      input: usage?.input_tokens ?? 0,
      cached: usage?.input_tokens_details.cached_tokens ?? 0,
      output: usage?.output_tokens ?? 0,
    },
  };
}
