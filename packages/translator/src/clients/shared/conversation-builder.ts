import { TranslatorError } from "../../errors.ts";
import type { ContentBlock, TextBlock, ToolResultBlock } from "../../messages/content.ts";
import type { Message, MessagesRequest } from "../../messages/request.ts";

/** A conversation in the Messages API's form, and where in the client's request its blocks stood. */
export interface BuiltConversation {
  readonly fields: Pick<MessagesRequest, "messages" | "system">;
  /** For each message the path of each of its blocks. */
  readonly messagePaths: readonly (readonly string[])[];
  /** The path of each block of the system prompt. */
  readonly systemPaths: readonly string[];
}

interface Turn {
  readonly role: Message["role"];
  readonly content: ContentBlock[];
  readonly paths: string[];
}

/**
 * Writes a conversation in the order of the Messages API: what the model says in a row is one message, the results of
 * calls stand together after them, and blocks without text are left out because the API refuses them. Each method
 * takes the path of what it is given.
 */
export class ConversationBuilder {
  readonly #system: TextBlock[] = [];
  readonly #systemPaths: string[] = [];
  readonly #turns: Turn[] = [];

  /** Instructions: part of the system prompt as long as nothing else has been said. */
  system(blocks: readonly TextBlock[], path: string): void {
    const texts = blocks.filter(hasText);
    if (this.#turns.length > 0) {
      this.#say("system", texts, path);
      return;
    }
    this.#system.push(...texts);
    this.#systemPaths.push(...texts.map(() => path));
  }

  /** What the user says. Results before it stay a message of their own, as they were when they were last. */
  user(blocks: readonly ContentBlock[], path: string): void {
    this.#say("user", blocks.filter(hasText), path);
  }

  /** What the model said, or more of it. */
  assistant(blocks: readonly ContentBlock[], path: string): void {
    const last = this.#turns.at(-1);
    const said = blocks.filter(hasText);
    if (last?.role === "assistant") add(last, said, path);
    else this.#say("assistant", said, path);
  }

  /** What came of a tool call. */
  result(block: ToolResultBlock, path: string): void {
    const last = this.#turns.at(-1);
    if (last?.role === "user" && last.content.at(-1)?.type === "tool_result") add(last, [block], path);
    else this.#say("user", [block], path);
  }

  /** The conversation. Throws a TranslatorError, which names `field`, when nothing was said at all. */
  end(field: string): BuiltConversation {
    const system = this.#system;
    const messagePaths = this.#turns.map(({ paths }) => paths);
    const messages = this.#turns.map(({ role, content }): Message => ({ role, content: plain(content) }));
    if (this.#turns.some(({ content }) => content.some(stays))) {
      const fields = system.length === 0 ? { messages } : { system, messages };
      return { fields, messagePaths, systemPaths: this.#systemPaths };
    }
    if (system.length === 0) throw new TranslatorError("invalid-request", `${field}: at least one message is required`);
    // OpenAI answers to instructions alone; the Messages API wants somebody to speak.
    const fields = { messages: [{ role: "user" as const, content: system }] };
    return { fields, messagePaths: [this.#systemPaths], systemPaths: [] };
  }

  #say(role: Message["role"], content: readonly ContentBlock[], path: string): void {
    if (content.length === 0) return;
    const turn: Turn = { role, content: [], paths: [] };
    add(turn, content, path);
    this.#turns.push(turn);
  }
}

function add(turn: Turn, blocks: readonly ContentBlock[], path: string): void {
  turn.content.push(...blocks);
  turn.paths.push(...blocks.map(() => path));
}

function hasText(block: ContentBlock): boolean {
  return block.type !== "text" || block.text !== "";
}

/** Thinking without proof is left out later on, and says nothing alone. */
function stays(block: ContentBlock): boolean {
  return block.type !== "thinking" || Boolean(block.signature);
}

/** One text is written as a string, unless it carries more. */
function plain(content: readonly ContentBlock[]): string | readonly ContentBlock[] {
  const [only] = content;
  const isPlain = content.length === 1 && only?.type === "text" && Object.keys(only).length === 2;
  return isPlain ? only.text : content;
}
