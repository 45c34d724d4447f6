import { isRecord } from "../../json/is-record.ts";
import type { ContentBlock, ToolResultBlock, ToolUseBlock } from "../../messages/content.ts";
import type { ChatAssistantMessage, ChatMessage, ChatPart, ChatTextMessage, ChatToolCall } from "./chat-request.ts";
import { writeBlock } from "./content.ts";
import { ContentBuilder } from "./content-builder.ts";
import { EarlierReasoning } from "./earlier-reasoning.ts";
import type { Place } from "./place.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { encodeToolResult, interruptedOutput, type ToolOutput } from "./tool-result.ts";

interface Call {
  readonly wire: ChatToolCall;
  output: ToolOutput | undefined;
}

/**
 * One turn of the assistant with everything up to its next one. Chat servers want the results of all calls directly
 * after them, so whatever the client put between waits until the turn is closed.
 */
export class AssistantTurn {
  readonly #scene: Scene;
  readonly #content: ContentBuilder;
  readonly #reasoning: EarlierReasoning;
  readonly #calls: Call[] = [];
  readonly #byClientId = new Map<string, Call[]>();
  readonly #later: ChatTextMessage[] = [];
  #answered = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#content = new ContentBuilder(scene);
    this.#reasoning = new EarlierReasoning(scene);
  }

  /** True until something of the user's came in: until then another assistant message is more of the same turn. */
  get isSpeaking(): boolean {
    return !this.#answered && this.#later.length === 0;
  }

  /** True when messages must wait until the turn's calls have their results. */
  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  /** Takes one block of an assistant message. */
  say(block: ContentBlock, place: Place): void {
    switch (block.type) {
      case "thinking":
        this.#reasoning.think(block);
        return;
      case "redacted_thinking":
        this.#reasoning.thinkRedacted(block);
        return;
      case "tool_use":
        this.#call(block, place);
        return;
      case "server_tool_use":
        if (block.name !== "web_search") place.scene.drops.add(place.path(), reasons.serverToolHistory);
        else this.#content.text(`[Web search: ${queryOf(block.input)}]`);
        return;
      default:
        writeBlock(block, this.#content, place);
    }
  }

  #call(block: ToolUseBlock, place: Place): void {
    if (block.cache_control) place.scene.dropCacheMark(`${place.path()}.cache_control`);
    const name = this.#scene.names.toWire(block.name);
    const input = argumentsOf(block.input, place);
    if (!this.#scene.callsTools) {
      this.#content.text(`[Called the tool ${name} with ${input}]`);
      return;
    }
    const id = this.#scene.ids.next(block.id);
    const call: Call = { wire: { id, type: "function", function: { name, arguments: input } }, output: undefined };
    this.#calls.push(call);
    const sameId = this.#byClientId.get(block.id);
    if (sameId === undefined) this.#byClientId.set(block.id, [call]);
    else sameId.push(call);
  }

  /** Takes a tool's result; false when the turn has no such call. A second result replaces the first. */
  answer(block: ToolResultBlock, place: Place): boolean {
    const calls = this.#byClientId.get(block.tool_use_id);
    const call = calls?.find(({ output }) => output === undefined) ?? calls?.at(-1);
    if (call === undefined) return false;
    call.output = encodeToolResult(block, place);
    this.#answered = true;
    return true;
  }

  /** Takes a message that is to follow the results. */
  follow(message: ChatTextMessage): void {
    this.#later.push(message);
  }

  /** The turn in full: what was said, the results in the order of the calls, their media, and what followed. */
  messages(): ChatMessage[] {
    const said = this.#said();
    const results = this.#calls.map(({ wire, output }): ChatMessage => {
      return { role: "tool", tool_call_id: wire.id, content: (output ?? interruptedOutput).content };
    });
    return [...(said === undefined ? [] : [said]), ...results, ...this.#attached(), ...this.#later];
  }

  #said(): ChatAssistantMessage | undefined {
    const calls = this.#calls.map(({ wire }) => wire);
    if (this.#content.isEmpty && calls.length === 0) {
      this.#reasoning.drop();
      return undefined;
    }
    return {
      role: "assistant",
      content: this.#content.isEmpty ? null : this.#content.content(),
      ...this.#reasoning.fields(calls.length > 0),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
  }

  /** OpenAI takes text only in tool messages; media come after the last of them, in one message. */
  #attached(): ChatTextMessage[] {
    const parts: ChatPart[] = [];
    for (const { wire, output } of this.#calls) {
      if (output === undefined || output.attachments.length === 0) continue;
      parts.push(
        { type: "text", text: `Output of tool call ${wire.id} (${wire.function.name}):` },
        ...output.attachments,
      );
    }
    return parts.length === 0 ? [] : [{ role: "user", content: parts }];
  }
}

/** The input as the text that chat calls carry: always a JSON object, as templates read it back. */
function argumentsOf(input: unknown, place: Place): string {
  if (isRecord(input)) return JSON.stringify(input);
  if (input === undefined || input === null || input === "") return "{}";
  const parsed = typeof input === "string" ? parseObject(input) : undefined;
  if (parsed === undefined) place.scene.drops.add(`${place.path()}.input`, reasons.toolInput);
  return JSON.stringify(parsed ?? {});
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function queryOf(input: unknown): string {
  const query = isRecord(input) ? input["query"] : undefined;
  return typeof query === "string" ? query : "";
}
