import { findJsonLeaves, type JsonLeaf } from "./json-leaves.ts";
import { JsonPattern } from "./json-pattern.ts";
import { isRecord } from "./is-record.ts";
import { parseJson } from "./loose.ts";

interface Sample {
  readonly text: string;
  readonly leaves: readonly JsonLeaf[];
  /** The text without its leaves: equal for texts that differ in nothing else. */
  readonly frame: string;
}

/** Longer texts seldom recur, and their pieces would be kept for nothing. */
const longestSample = 4096;
const mostPatience = 64;

/**
 * Parses texts of which most differ from an earlier one in some strings and numbers only, as the events of a stream do.
 * Two texts of a kind show what differs; of the next ones only that is read, at less than half of the cost.
 */
export class RecurringJson {
  #pattern: JsonPattern | undefined;
  #sample: Sample | undefined;
  /** How many texts to pass before the next look for a pattern, doubled with each vain one. */
  #patience = 0;
  #waits = 0;

  /** What JSON.parse gives; undefined when the text is not JSON. Good until the next call, which may change it: copy what is to be kept. */
  parse(text: string): unknown {
    return this.#pattern?.read(text) ?? this.#parse(text);
  }

  #parse(text: string): unknown {
    const value = parseJson(text);
    if (this.#waits > 0) this.#waits -= 1;
    else if (text.length <= longestSample && isRecord(value)) this.#learn(text, value);
    return value;
  }

  #learn(text: string, value: object): void {
    const earlier = this.#sample;
    const sample = sampleOf(text);
    this.#sample = sample;
    if (sample === undefined || earlier === undefined) return;
    if (sample.frame !== earlier.frame) {
      this.#patience = Math.min(mostPatience, this.#patience * 2 + 1);
      // Not at once: the first text of a new kind always comes after one of another.
      this.#waits = this.#patience >> 2;
      return;
    }
    this.#patience = 0;
    this.#pattern = new JsonPattern(
      text,
      value,
      sample.leaves.filter((leaf, index) => sourceOf(sample, leaf) !== sourceOf(earlier, earlier.leaves[index])),
    );
  }
}

function sampleOf(text: string): Sample | undefined {
  const leaves = findJsonLeaves(text);
  if (leaves === undefined) return undefined;
  const between = leaves.map(({ kind, start }, index) => kind + text.slice(leaves[index - 1]?.end ?? 0, start));
  return { text, leaves, frame: between.join("\n") + text.slice(leaves.at(-1)?.end ?? 0) };
}

function sourceOf({ text }: Sample, leaf: JsonLeaf | undefined): string | undefined {
  return leaf === undefined ? undefined : text.slice(leaf.start, leaf.end);
}
