/** Watches a text for stop sequences that the provider could not be told about. */
export class StopSequences {
  readonly #sequences: readonly string[];
  #held = "";
  #matched: string | undefined;

  constructor(sequences: readonly string[]) {
    this.#sequences = sequences.filter((sequence) => sequence !== "");
  }

  /** The sequence that ended the text. */
  get matched(): string | undefined {
    return this.#matched;
  }

  /** Takes the next piece of text and gives what certainly stands before any sequence; nothing after a match. */
  take(piece: string): string {
    if (this.#sequences.length === 0) return piece;
    if (this.#matched !== undefined) return "";
    const text = this.#held + piece;
    let end = text.length;
    let wait = 0;
    for (const sequence of this.#sequences) {
      const at = text.indexOf(sequence);
      if (at >= 0 && at < end) {
        end = at;
        this.#matched = sequence;
      } else if (this.#matched === undefined) {
        wait = Math.max(wait, beginningAtEnd(text, sequence));
      }
    }
    if (this.#matched === undefined) end -= wait;
    this.#held = this.#matched === undefined ? text.slice(end) : "";
    return text.slice(0, end);
  }

  /** What was held back because a sequence might have begun there. */
  end(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}

/** Length of the longest end of `text` with which `mark`, longer than it, begins. */
export function beginningAtEnd(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
