import { type ChaosScript, writeScript } from "../provider/chaos-script.ts";
import { pageLines } from "../provider/token-text.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/** What a turn adds to a conversation. */
export interface Turn {
  /** What the provider is to do with it. */
  readonly script: ChaosScript;
  /** By how many bytes it is longer than the one before, as results of tools are. */
  readonly grownBytes: number;
}

const pages = pageLines.join("\n");
/** A tool as agents describe them, and how large one is. */
const toolBytes = 2_500;

/** Text of so many bytes once it stands in JSON, from some place of the pages on. */
function textOf(from: number, bytes: number): string {
  const start = (from * 997) % (pages.length / 2);
  const whole = pages.slice(start, start + bytes).padEnd(bytes, pages);
  // Line ends and quotation marks take a byte more there.
  const excess = JSON.stringify(whole).length - 2 - bytes;
  return whole.slice(0, Math.max(0, bytes - excess));
}

/** A conversation of an agent: each request has all that was said before, the instructions and the tools. */
export class Conversation {
  readonly #request: RecordedRequest;
  readonly #seed: number;
  readonly #messages: object[] = [];

  /** `seed` picks what is said; the instructions and tools are the same in all conversations of a kind. */
  constructor(request: RecordedRequest, seed: number) {
    this.#request = request;
    this.#seed = seed;
  }

  /** The body of its next request. */
  next(model: string, { script, grownBytes }: Turn): string {
    const { system, tools, messages, stream, maxTokens } = this.#request;
    const isFirst = this.#messages.length === 0;
    const text = isFirst
      ? textOf(this.#seed, messages)
      : textOf(this.#seed * 31 + this.#messages.length * 7, grownBytes);
    const asked = { role: "user", content: [{ type: "text", text }] };
    // The script is for the provider alone, and gone in the next request.
    const told = { role: "user", content: [{ type: "text", text: `${writeScript(script)}Go on.` }] };
    const body = {
      model,
      messages: [...this.#messages, asked, told],
      system: [{ type: "text", text: textOf(1, system) }],
      ...(tools > 100 && { tools: toolsOf(tools) }),
      max_tokens: Math.max(maxTokens, script.outputTokens + 100),
      ...(stream && { stream }),
    };
    this.#messages.push(asked, { role: "assistant", content: [{ type: "text", text: "I have looked at it." }] });
    return JSON.stringify(body);
  }
}

const described = new Map<number, readonly object[]>();

function toolsOf(bytes: number): readonly object[] {
  const known = described.get(bytes);
  if (known !== undefined) return known;
  const count = Math.max(1, Math.round(bytes / toolBytes));
  const input_schema = {
    type: "object",
    properties: {
      file_path: { type: "string", description: "The absolute path to the file" },
      limit: { type: "number", description: "How many lines to read" },
    },
    required: ["file_path"],
    additionalProperties: false,
  };
  const frame = JSON.stringify({ name: "Tool00", description: "", input_schema }).length;
  const tools = Array.from({ length: count }, (_, index) => {
    const description = textOf(100 + index, Math.max(0, Math.floor(bytes / count) - frame));
    return { name: `Tool${index}`, description, input_schema };
  });
  described.set(bytes, tools);
  return tools;
}
