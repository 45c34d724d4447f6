import type { ReasoningDisplay } from "../../conversation/reasoning-display.ts";
import { loose, stringOf } from "../../json/loose.ts";
import type { AnswerWriter } from "../../messages/answer-writer.ts";
import { joinBase64 } from "./base64-pieces.ts";
import { sealReasoning, type ReasoningState } from "./reasoning-state.ts";

/** What the reasoning of one answer is written by. */
export interface ReasoningOptions {
  readonly writer: AnswerWriter;
  readonly display: ReasoningDisplay;
  /** The model at Bedrock. */
  readonly model: string;
  /** True for Claude, whose signatures and encrypted blocks the Messages API has a place for. */
  readonly native: boolean;
}

/** Reads reasoning, block by block, and writes it as thinking that is signed for the way back. */
export class Reasoning {
  readonly #options: ReasoningOptions;
  #text = "";
  #signature = "";
  #redacted: string[] = [];
  #length = 0;

  constructor(options: ReasoningOptions) {
    this.#options = options;
  }

  /** Number of characters so far, shown or not. */
  get length(): number {
    return this.#length;
  }

  /** Takes a delta, or the reasoning of a whole answer, in which text and signature stand together. */
  take(value: unknown): void {
    const reasoning = loose<"text" | "signature" | "redactedContent" | "reasoningText">(value);
    const whole = loose<"text" | "signature">(reasoning.reasoningText);
    const text = stringOf(reasoning.text) ?? stringOf(whole.text);
    if (text !== undefined) this.#say(text);
    this.#signature += stringOf(reasoning.signature) ?? stringOf(whole.signature) ?? "";
    const redacted = stringOf(reasoning.redactedContent);
    if (redacted !== undefined) this.#redacted.push(redacted);
  }

  /** Ends the block that is open, if any. */
  close(): void {
    if (this.#text === "" && this.#signature === "" && this.#redacted.length === 0) return;
    if (this.#options.native) this.#closeNative();
    else this.#closeSealed();
    this.#text = "";
    this.#signature = "";
    this.#redacted = [];
  }

  #say(text: string): void {
    const { display, writer } = this.#options;
    this.#length += text.length;
    this.#text += text;
    if (display !== "hidden") writer.thinking(text);
  }

  #closeNative(): void {
    const { writer, display } = this.#options;
    if (this.#signature !== "") writer.signThinking(this.#signature);
    else if (display !== "hidden" && this.#text !== "") writer.signThinking(this.#seal());
    if (this.#redacted.length > 0) writer.whole({ type: "redacted_thinking", data: joinBase64(this.#redacted) });
  }

  #closeSealed(): void {
    const carries = this.#signature !== "" || this.#redacted.length > 0;
    if (carries || this.#options.display !== "hidden") this.#options.writer.signThinking(this.#seal());
  }

  /** Text travels in the signature only where a signature is of no use without it and the client is not shown it. */
  #seal(): string {
    const { model, display } = this.#options;
    const state: ReasoningState = {
      model,
      ...(this.#signature !== "" && display !== "shown" && { text: this.#text }),
      ...(this.#signature !== "" && { signature: this.#signature }),
      ...(this.#redacted.length > 0 && { redacted: joinBase64(this.#redacted) }),
    };
    return sealReasoning(state);
  }
}
