import { findJsonLeaves, leafEnd, type JsonLeaf } from "./json-leaves.ts";
import { JsonPattern } from "./json-pattern.ts";
import { isRecord } from "./is-record.ts";
import { parseJson } from "./loose.ts";

interface Sample {
  readonly text: string;
  readonly leaves: readonly JsonLeaf[];
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
    return this.recall(text) ?? this.learn(text);
  }

  /** The same for a text like those learned from; undefined for every other. */
  recall(text: string): unknown {
    return this.#pattern?.read(text);
  }

  /** The same for a text of which `recall` knows nothing. */
  learn(text: string): unknown {
    const value = parseJson(text);
    if (this.#waits > 0) this.#waits -= 1;
    else if (text.length <= longestSample && isRecord(value)) this.#learn(ownCopy(text), value);
    return value;
  }

  #learn(text: string, value: object): void {
    const earlier = this.#sample;
    const alike = earlier === undefined ? undefined : leavesLike(earlier, text);
    const leaves = alike ?? findJsonLeaves(text);
    this.#sample = leaves === undefined ? undefined : { text, leaves };
    if (leaves === undefined || earlier === undefined) return;
    if (alike === undefined) {
      this.#patience = Math.min(mostPatience, this.#patience * 2 + 1);
      // Not at once: the first text of a new kind always comes after one of another.
      this.#waits = this.#patience >> 2;
      return;
    }
    this.#patience = 0;
    const varied = alike.filter((leaf, index) => {
      const before = earlier.leaves[index];
      return text.slice(leaf.start, leaf.end) !== earlier.text.slice(before?.start, before?.end);
    });
    // What comes again unchanged needs no pattern, and would take the place of one that is needed.
    if (varied.length > 0) this.#pattern = new JsonPattern(text, value, varied);
  }
}

/** Engines make a slice of the text that it was cut from, here of a whole chunk, and hold that for it. */
function ownCopy(text: string): string {
  return String(JSON.parse(JSON.stringify(text)));
}

/** The leaves of a text that differs from an earlier one in its strings and numbers only; undefined for any other. */
function leavesLike(earlier: Sample, text: string): readonly JsonLeaf[] | undefined {
  const leaves: JsonLeaf[] = [];
  let at = 0;
  let earlierAt = 0;
  for (const leaf of earlier.leaves) {
    const start = at + leaf.start - earlierAt;
    if (text.slice(at, start) !== earlier.text.slice(earlierAt, leaf.start)) return undefined;
    at = leafEnd(leaf.kind, text, start);
    earlierAt = leaf.end;
    leaves.push({ kind: leaf.kind, start, end: at, path: leaf.path });
  }
  return text.slice(at) === earlier.text.slice(earlierAt) ? leaves : undefined;
}
