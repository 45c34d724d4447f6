import { beginningAtEnd } from "../../stream/stop-sequences.ts";

const opening = "<think>";
const closing = "</think>";

/** Where the parts of a text go. */
export interface ProseSink {
  text(text: string): void;
  thinking(text: string): void;
}

/**
 * Tells reasoning from answer in the text of models whose server does not: `<think>…</think>`, cut anywhere, and only
 * at the very start, since further on the tag is more likely what the model is writing about.
 */
export class ThinkTags {
  readonly #sink: ProseSink;
  #place: "start" | "inside" | "gap" | "text" = "start";
  #held = "";

  constructor(sink: ProseSink) {
    this.#sink = sink;
  }

  /** Takes the next piece of text in and passes on what is decided. */
  take(text: string): void {
    if (this.#place === "text") {
      this.#sink.text(text);
      return;
    }
    this.#held += text;
    if (!/\S/.test(text)) return;
    if (this.#place === "start") this.#decide();
    if (this.#place === "inside") this.#think();
    if (this.#place === "gap") this.#skipGap();
  }

  /** Passes on what is held, as what it looks like so far; what follows is text. */
  end(): void {
    const held = this.#held;
    this.#held = "";
    if (held !== "" && this.#place !== "gap") this.#sink[this.#place === "inside" ? "thinking" : "text"](held);
    this.#place = "text";
  }

  #decide(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(opening)) {
      this.#place = "inside";
      this.#held = text.slice(opening.length);
    } else if (!opening.startsWith(text)) {
      this.end();
    }
  }

  #think(): void {
    const end = this.#held.indexOf(closing);
    const until = end < 0 ? this.#held.length - beginningAtEnd(this.#held, closing) : end;
    const thought = this.#held.slice(0, until);
    if (thought !== "") this.#sink.thinking(thought);
    this.#held = this.#held.slice(end < 0 ? until : end + closing.length);
    if (end >= 0) this.#place = "gap";
  }

  #skipGap(): void {
    const text = this.#held.trimStart();
    this.#held = "";
    if (text === "") return;
    this.#place = "text";
    this.#sink.text(text);
  }
}

/**
 * Reasoning and answer of a whole text whose opening tag is missing, as chat templates that write the tag themselves
 * make it. A closing tag counts only when it ends a line and no opening tag stands anywhere.
 */
export function splitAtClosingTag(text: string): { readonly thinking: string; readonly text: string } | undefined {
  if (text.includes(opening)) return undefined;
  const found = /\n?<\/think>[^\S\n]*(?:\n|$)/.exec(text);
  if (found === null) return undefined;
  return { thinking: text.slice(0, found.index), text: text.slice(found.index + found[0].length).trimStart() };
}
