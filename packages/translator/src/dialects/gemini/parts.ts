import type { AnswerWriter } from "../../messages/answer-writer.ts";
import { isLoose, stringOf, type Loose } from "../../json/loose.ts";
import { StopSequences } from "../../stream/stop-sequences.ts";
import { FunctionCalls, type CallNaming, type WireCall } from "./function-calls.ts";
import { sealThought, type ThoughtState } from "./thought-state.ts";

type WirePart = Loose<
  | "text"
  | "thought"
  | "thoughtSignature"
  | "functionCall"
  | "inlineData"
  | "fileData"
  | "executableCode"
  | "codeExecutionResult"
  | "toolCall"
  | "toolResponse"
>;

/** What the parts of one answer are written by. */
export interface PartsOptions {
  /** The model that signs; its signatures are of use to no other. */
  readonly model: string;
  readonly stopSequences: readonly string[];
  /** True when the client asked for no thinking. */
  readonly hideThinking: boolean;
  /** True to keep text back until {@link Parts.heldText} asks for it. */
  readonly holdText: boolean;
}

/** Reads the parts of an answer, and writes them as blocks of the Messages API. */
export class Parts {
  readonly #writer: AnswerWriter;
  readonly #options: PartsOptions;
  readonly #calls: FunctionCalls;
  readonly #stops: StopSequences;
  #held = "";
  /** Waits for something to follow: a thinking block at the very end would hide the answer from clients that show the last block. */
  #textSignature: string | undefined;
  #length = 0;
  #content = false;
  #thought = false;

  constructor(writer: AnswerWriter, naming: CallNaming, options: PartsOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#calls = new FunctionCalls(writer, naming);
    this.#stops = new StopSequences(options.stopSequences);
  }

  /** Number of characters so far, shown or not. */
  get length(): number {
    return this.#length;
  }

  /** True once there is a text that is not blank, or a call. */
  get hasContent(): boolean {
    return this.#content;
  }

  /** True once a thinking block has been shown. */
  get hasThought(): boolean {
    return this.#thought;
  }

  /** The stop sequence that was found in the text; everything after it is left out. */
  get stoppedBy(): string | undefined {
    return this.#stops.matched;
  }

  /** Takes one part; signatures are read with it, as each belongs to what it stands on. */
  take(value: unknown): void {
    if (!isLoose<keyof WirePart>(value) || this.stoppedBy !== undefined) return;
    const signature = stringOf(value.thoughtSignature);
    if (isLoose<keyof WireCall>(value.functionCall)) this.#call(value.functionCall, signature);
    else if (value.toolCall || value.toolResponse) this.#keep(value);
    else if (value.thought === true) this.#think(stringOf(value.text) ?? "", signature);
    else this.#say(textOf(value), signature);
  }

  /** Writes a sentence of the gateway's own. */
  note(text: string): void {
    this.#flush();
    this.#content = true;
    this.#show(text);
  }

  /** Writes or closes what is still open. After a cut at the token limit an unfinished call is left so. */
  finish(truncated: boolean): void {
    if (truncated) this.#calls.abandon();
    else this.#length += this.#calls.finish();
    this.#flush();
  }

  /** The text that was kept back, once. */
  heldText(): string {
    this.#flush();
    const held = this.#held;
    this.#held = "";
    return held;
  }

  #call(call: WireCall, signature: string | undefined): void {
    if (this.#calls.repeats(call)) return;
    if (!this.#calls.continues(call)) {
      this.#between();
      if (signature !== undefined) this.#sign({ on: "call", signature });
    }
    // A call without a name is none.
    if (stringOf(call.name) !== undefined) this.#content = true;
    this.#length += this.#calls.take(call);
  }

  #keep(part: WirePart): void {
    this.#between();
    this.#sign({ on: "part", part: { ...part } });
  }

  #think(text: string, signature: string | undefined): void {
    this.#between();
    this.#length += text.length;
    if (!this.#options.hideThinking && text !== "") {
      this.#thought = true;
      this.#writer.thinking(text);
    }
    if (signature !== undefined) this.#sign({ on: "thought", signature });
  }

  #say(text: string, signature: string | undefined): void {
    this.#length += this.#calls.finish() + text.length;
    if (!this.#content) this.#content = /\S/.test(text);
    const shown = this.#stops.take(text);
    if (shown !== "") this.#show(shown);
    if (signature !== undefined && !this.#options.holdText) this.#textSignature = signature;
  }

  #show(text: string): void {
    if (this.#options.holdText) this.#held += text;
    else this.#writer.text(text);
  }

  #sign(state: ThoughtState): void {
    this.#writer.signThinking(sealThought({ model: this.#options.model, state }));
  }

  #between(): void {
    this.#length += this.#calls.finish();
    this.#flush();
    const signature = this.#textSignature;
    if (signature === undefined) return;
    this.#textSignature = undefined;
    this.#sign({ on: "text", signature });
  }

  #flush(): void {
    const held = this.#stops.end();
    if (held !== "") this.#show(held);
  }
}

/** What a part says in words; pictures and code have no place of their own in an answer of the Messages API. */
function textOf(part: WirePart): string {
  if (typeof part.text === "string") return part.text;
  if (isLoose<"code" | "language">(part.executableCode)) {
    const { code, language } = part.executableCode;
    return fenced(stringOf(language)?.toLowerCase() ?? "", stringOf(code) ?? "");
  }
  if (isLoose<"output">(part.codeExecutionResult)) return fenced("", stringOf(part.codeExecutionResult.output) ?? "");
  if (isLoose<"mimeType">(part.inlineData)) return noteOn(part.inlineData.mimeType);
  if (isLoose<"fileUri">(part.fileData)) return `[a file: ${stringOf(part.fileData.fileUri) ?? "without an address"}]`;
  return "";
}

function fenced(language: string, text: string): string {
  return `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
}

function noteOn(mimeType: unknown): string {
  const what = stringOf(mimeType)?.startsWith("image/") === true ? "an image" : "a file";
  return `[${what}, which cannot be shown here]`;
}
