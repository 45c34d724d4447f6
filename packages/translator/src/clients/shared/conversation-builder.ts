import { TranslatorError } from "../../errors.ts";
import type { ContentBlock, TextBlock, ToolResultBlock } from "../../messages/content.ts";
import type { Message, MessagesRequest } from "../../messages/request.ts";

type Turn = { readonly role: Message["role"]; readonly content: ContentBlock[] };

/**
 * Writes a conversation in the order of the Messages API: what one side says in a row is one message, the results of
 * calls stand together after them, and blocks without text are left out because the API refuses them.
 */
export class ConversationBuilder {
  readonly #system: TextBlock[] = [];
  readonly #turns: Turn[] = [];

  /** Instructions: part of the system prompt as long as nothing else has been said. */
  system(blocks: readonly TextBlock[]): void {
    const texts = blocks.filter(hasText);
    if (this.#turns.length === 0) this.#system.push(...texts);
    else if (texts.length > 0) this.#turns.push({ role: "system", content: texts });
  }

  /** What the user says. Results before it stay a message of their own, as they were when they were last. */
  user(blocks: readonly ContentBlock[]): void {
    const content = blocks.filter(hasText);
    if (content.length > 0) this.#turns.push({ role: "user", content });
  }

  /** What the model said, or more of it. */
  assistant(blocks: readonly ContentBlock[]): void {
    const content = blocks.filter(hasText);
    if (content.length === 0) return;
    const last = this.#turns.at(-1);
    if (last?.role === "assistant") last.content.push(...content);
    else this.#turns.push({ role: "assistant", content });
  }

  /** What came of a tool call. */
  result(block: ToolResultBlock): void {
    const last = this.#turns.at(-1);
    if (last?.role === "user" && last.content.at(-1)?.type === "tool_result") last.content.push(block);
    else this.#turns.push({ role: "user", content: [block] });
  }

  /** The conversation. Throws a TranslatorError when nothing was said at all. */
  end(field: string): Pick<MessagesRequest, "messages" | "system"> {
    const turns: readonly Message[] = this.#turns.map(({ role, content }) => ({ role, content: plain(content) }));
    const system = this.#system;
    // OpenAI answers to instructions alone; the Messages API wants somebody to speak.
    if (turns.length === 0 && system.length > 0) return { messages: [{ role: "user", content: system }] };
    if (turns.length === 0) throw new TranslatorError("invalid-request", `${field}: at least one message is required`);
    return system.length === 0 ? { messages: turns } : { system, messages: turns };
  }
}

function hasText(block: ContentBlock): boolean {
  return block.type !== "text" || block.text !== "";
}

/** One text is written as a string, unless it carries more. */
function plain(content: readonly ContentBlock[]): string | readonly ContentBlock[] {
  const [only] = content;
  const isPlain = content.length === 1 && only?.type === "text" && Object.keys(only).length === 2;
  return isPlain ? only.text : content;
}
