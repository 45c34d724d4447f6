/** One step of a way into a JSON value: the name of a member or the place in a list. */
export type Step = string | number;

/** A string or a number that stands as a value in a JSON text; a string's quotes are not part of it. */
export interface JsonLeaf {
  readonly kind: "text" | "number";
  readonly start: number;
  readonly end: number;
  readonly path: readonly Step[];
}

type Kind = JsonLeaf["kind"] | "structure" | "other";

interface Frame {
  /** Names so far, to find one that is there twice. */
  readonly names: string[];
  step: Step;
  awaitsName: boolean;
}

const mostLevels = 32;
const mostLeaves = 256;
const inString = /[^"\\]*(?:\\.[^"\\]*)*/y;
const number = /-?\d[\d.eE+-]*/y;

/**
 * The strings and numbers in the text of a JSON object, in order. Undefined when their ways are not plain: a name is
 * there twice, has escapes, or is `__proto__`; and when there is more than a stream's event would hold. The text is one
 * that JSON.parse takes.
 */
export function findJsonLeaves(text: string): readonly JsonLeaf[] | undefined {
  const leaves: JsonLeaf[] = [];
  const frames: Frame[] = [];
  for (let at = 0; at < text.length;) {
    const kind = kindAt(text, at);
    const end = tokenEnd(kind, text, at);
    const frame = frames.at(-1);
    if (frames.length > mostLevels || leaves.length > mostLeaves) return undefined;
    if (kind === "structure") nest(text.charAt(at), frames);
    else if (frame?.awaitsName === true && kind === "text") {
      if (!takeName(frame, text.slice(at + 1, end - 1))) return undefined;
    } else if (kind !== "other") {
      const quotes = kind === "text" ? 1 : 0;
      leaves.push({ kind, start: at + quotes, end: end - quotes, path: frames.map(({ step }) => step) });
    }
    at = end;
  }
  return leaves;
}

function kindAt(text: string, at: number): Kind {
  const char = text.charAt(at);
  if (char === '"') return "text";
  if (char === "-" || (char >= "0" && char <= "9")) return "number";
  return char === "," || isBracket(char) ? "structure" : "other";
}

function isBracket(char: string): boolean {
  return char === "{" || char === "}" || char === "[" || char === "]";
}

function tokenEnd(kind: Kind, json: string, start: number): number {
  if (kind === "text") return leafEnd(kind, json, start + 1) + 1;
  return kind === "number" ? leafEnd(kind, json, start) : start + 1;
}

/** Where a string or a number that begins at `start` ends in a text that JSON.parse takes; a string's quotes stand outside. */
export function leafEnd(kind: JsonLeaf["kind"], json: string, start: number): number {
  const pattern = kind === "text" ? inString : number;
  pattern.lastIndex = start;
  return pattern.test(json) ? pattern.lastIndex : start;
}

function nest(char: string, frames: Frame[]): void {
  const frame = frames.at(-1);
  if (char === "{") frames.push({ names: [], step: "", awaitsName: true });
  else if (char === "[") frames.push({ names: [], step: 0, awaitsName: false });
  else if (char !== ",") frames.pop();
  else if (typeof frame?.step === "number") frame.step += 1;
  else if (frame !== undefined) frame.awaitsName = true;
}

function takeName(frame: Frame, name: string): boolean {
  if (name === "__proto__" || name.includes("\\") || frame.names.includes(name)) return false;
  frame.names.push(name);
  frame.step = name;
  frame.awaitsName = false;
  return true;
}
