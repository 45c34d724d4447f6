import type {
  ContentBlock,
  RedactedThinkingBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from "../messages/content.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";
import { blocksOf } from "./blocks-of.ts";
import { entryOf, type Place } from "./place.ts";
import type { Scene } from "./scene.ts";
import { leadingSystemMessages } from "./system-prompt.ts";
import { toolArguments } from "./tool-arguments.ts";

/** A block and where it stands. */
export interface Placed<Block = ContentBlock> {
  readonly block: Block;
  readonly place: Place;
}

/** An earlier tool call under the name and id that the provider knows. Ids are unique, whatever the client sent. */
export interface EarlierCall extends Placed<ToolUseBlock> {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One thing in a turn of the assistant. Blocks are written by `writeBlock`. */
export type Utterance =
  | ({ readonly kind: "block" } & Placed)
  | ({ readonly kind: "thinking" } & Placed<ThinkingBlock | RedactedThinkingBlock>)
  | ({ readonly kind: "call" } & EarlierCall);

/** A call and its result; without one the call was interrupted. */
export interface CallResult {
  readonly call: EarlierCall;
  readonly result: Placed<ToolResultBlock> | undefined;
}

/**
 * One turn of a conversation in which everything has its place: the assistant's calls have their results, one each and
 * in the order of the calls, and what the client put between call and result comes in the turns after.
 */
export type Turn =
  | { readonly role: "assistant"; readonly said: readonly Utterance[]; readonly results: readonly CallResult[] }
  | { readonly role: "user" | "system"; readonly blocks: readonly Placed[] };

/**
 * The conversation after the leading system messages, as turns. Neighbouring assistant messages are one turn; blank
 * texts and messages without content are left out. A result whose call is gone stays among the user's blocks.
 */
export function readTurns(request: MessagesRequest, scene: Scene): Turn[] {
  const reader = new TurnReader(scene);
  const lastUser = request.messages.findLastIndex(({ role }) => role === "user");
  const first = leadingSystemMessages(request);
  for (const [index, message] of request.messages.entries()) {
    if (index < first) continue;
    // The client wants such a message shown only until the next user message.
    if (message.clear_at === "next_user_message" && index < lastUser) continue;
    reader.take(message, { scene, path: () => `messages[${index}]` });
  }
  return reader.end();
}

interface Call {
  readonly call: EarlierCall;
  result: Placed<ToolResultBlock> | undefined;
}

/** One turn of the assistant with everything up to its next one. */
class OpenTurn {
  readonly said: Utterance[] = [];
  readonly calls: Call[] = [];
  /** What is to follow the results. */
  readonly later: Turn[] = [];
  readonly #byClientId = new Map<string, Call[]>();
  #answered = false;

  /** True until something of the user's came in: until then another assistant message is more of the same turn. */
  get isSpeaking(): boolean {
    return !this.#answered && this.later.length === 0;
  }

  call(call: EarlierCall): void {
    const entry: Call = { call, result: undefined };
    this.calls.push(entry);
    const sameId = this.#byClientId.get(call.block.id);
    if (sameId === undefined) this.#byClientId.set(call.block.id, [entry]);
    else sameId.push(entry);
  }

  /** Takes a tool's result; false when the turn has no such call. A second result replaces the first. */
  answer(block: ToolResultBlock, place: Place): boolean {
    const calls = this.#byClientId.get(block.tool_use_id);
    const call = calls?.find(({ result }) => result === undefined) ?? calls?.at(-1);
    if (call === undefined) return false;
    call.result = { block, place };
    this.#answered = true;
    return true;
  }
}

class TurnReader {
  readonly #scene: Scene;
  readonly #turns: Turn[] = [];
  #open: OpenTurn | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  take(message: Message, place: Place): void {
    if (message.role === "assistant") this.#takeAssistant(message, place);
    else this.#takeOther(message, message.role, place);
  }

  #takeAssistant(message: Message, place: Place): void {
    if (this.#open?.isSpeaking !== true) this.#close();
    const turn = (this.#open ??= new OpenTurn());
    blocksOf(message.content).forEach((block, index) => this.#say(turn, block, entryOf(place, "content", index)));
  }

  #say(turn: OpenTurn, block: ContentBlock, place: Place): void {
    if (block.type === "tool_use") this.#call(turn, block, place);
    else if (block.type === "thinking" || block.type === "redacted_thinking") {
      turn.said.push({ kind: "thinking", block, place });
    } else if (!isBlank(block)) turn.said.push({ kind: "block", block, place });
  }

  #call(turn: OpenTurn, block: ToolUseBlock, place: Place): void {
    const { rules, names, ids, callsTools } = this.#scene;
    if (block.cache_control && rules.cacheMarks !== "anywhere") {
      this.#scene.dropCacheMark(`${place.path()}.cache_control`);
    }
    const name = names.toWire(block.name);
    const input = toolArguments(block.input, place);
    if (!callsTools) {
      const text = `[Called the tool ${name} with ${JSON.stringify(input)}]`;
      turn.said.push({ kind: "block", block: { type: "text", text }, place });
      return;
    }
    const call: EarlierCall = { id: ids.next(block.id), name, input, block, place };
    turn.said.push({ kind: "call", ...call });
    turn.call(call);
  }

  #takeOther(message: Message, role: "user" | "system", place: Place): void {
    const blocks: Placed[] = [];
    blocksOf(message.content).forEach((block, index) => {
      if (isBlank(block)) return;
      const at = entryOf(place, "content", index);
      const answers = role === "user" && block.type === "tool_result" && this.#open?.answer(block, at) === true;
      if (!answers) blocks.push({ block, place: at });
    });
    if (blocks.length > 0) this.#follow({ role, blocks });
  }

  #follow(turn: Turn): void {
    if (this.#open !== undefined && this.#open.calls.length > 0) {
      this.#open.later.push(turn);
      return;
    }
    this.#close();
    this.#turns.push(turn);
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.said.length > 0) this.#turns.push({ role: "assistant", said: open.said, results: open.calls });
    for (const turn of open.later) this.#turns.push(turn);
  }

  end(): Turn[] {
    this.#close();
    return this.#turns;
  }
}

/** Poisoned histories hold null for text, although the type forbids it. */
function isBlank(block: ContentBlock): boolean {
  return block.type === "text" && (typeof block.text !== "string" || !/\S/.test(block.text));
}
