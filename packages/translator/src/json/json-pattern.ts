import type { JsonLeaf, Step } from "./json-leaves.ts";

interface Hole {
  readonly isNumber: boolean;
  /** The text between this hole and the next one. */
  readonly after: string;
  readonly holder: Record<Step, unknown>;
  readonly step: Step;
}

const plainText = /[ !#-[\]-\uffff]*/y;
const escapedText = /(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const closeBrace = 0x7d;
const zero = 0x30;
/** Whole numbers of so many digits are exact however they are added up. */
const exactDigits = 15;

/**
 * A JSON text with holes where some of its strings and numbers stood. Reads texts that differ from it only in those, by
 * comparing what is between them; the value is always the same one, with what differs written into it.
 */
export class JsonPattern {
  readonly #value: object;
  readonly #before: string;
  readonly #holes: readonly Hole[];
  /** Scratch of `read`: nothing is written before the whole text fits. */
  readonly #found: unknown[] = [];
  /** Where the hole ends that was read last. */
  #end = 0;

  /** `value` is what the text says; `leaves` are those of its strings and numbers that may be others, in order. */
  constructor(text: string, value: object, leaves: readonly JsonLeaf[]) {
    this.#value = value;
    this.#before = text.slice(0, leaves[0]?.start);
    this.#holes = leaves.map(({ kind, end, path }, index) => ({
      isNumber: kind === "number",
      after: text.slice(end, leaves[index + 1]?.start),
      holder: holderAt(value, path),
      step: path.at(-1) ?? "",
    }));
  }

  /** What the text says; undefined when it does not fit. */
  read(text: string): object | undefined {
    const found = this.#found;
    let at = this.#before.length;
    let count = 0;
    // Comparing a slice is three times as fast as startsWith.
    if (text.slice(0, at) !== this.#before) return undefined;
    for (const { isNumber, after } of this.#holes) {
      found[count++] = isNumber ? this.#number(text, at) : this.#string(text, at);
      const end = this.#end;
      at = end + after.length;
      if (text.slice(end, at) !== after) return undefined;
    }
    return at === text.length ? this.#filled() : undefined;
  }

  /** Most numbers are counts: a few digits, for which an expression takes longer than adding them up. */
  #number(text: string, start: number): number {
    let value = 0;
    let end = start;
    for (let code = text.charCodeAt(end); isDigit(code); code = text.charCodeAt(end)) {
      value = value * 10 + (code - zero);
      end += 1;
    }
    const next = text.charCodeAt(end);
    const isWhole = end > start && end - start <= exactDigits && (next === comma || next === closeBrace);
    if (isWhole && text.charCodeAt(start) !== zero) {
      this.#end = end;
      return value;
    }
    this.#end = runEnd(number, text, start);
    return Number(text.slice(start, this.#end));
  }

  #string(text: string, start: number): unknown {
    const plainEnd = runEnd(plainText, text, start);
    this.#end = plainEnd;
    if (text.charCodeAt(plainEnd) !== backslash) return text.slice(start, plainEnd);
    const end = runEnd(escapedText, text, plainEnd);
    this.#end = end;
    // Quotes stand around a string's hole; without the second one the text does not fit.
    return text.charCodeAt(end) === quote ? JSON.parse(text.slice(start - 1, end + 1)) : undefined;
  }

  #filled(): object {
    let count = 0;
    for (const { holder, step } of this.#holes) holder[step] = this.#found[count++];
    return this.#value;
  }
}

function runEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= 0x39;
}

/** The object or list of which the last step of the path is a part. */
function holderAt(value: object, path: readonly Step[]): Record<Step, unknown> {
  let holder = asHolder(value);
  for (const step of path.slice(0, -1)) holder = asHolder(holder[step]);
  return holder;
}

/** Paths come from the text that the value was parsed from, so what lies on one is an object or a list. */
function asHolder(value: unknown): Record<Step, unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as Record<Step, unknown>;
}
