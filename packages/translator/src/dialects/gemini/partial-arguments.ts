import { listOf, loose, type Loose } from "../../json/loose.ts";

type PartialKey = "jsonPath" | "stringValue" | "numberValue" | "boolValue" | "nullValue";
type Box = Map<string, unknown> | unknown[];

/** Deeper paths are no arguments of any tool; the bound keeps a hostile answer from nesting past the stack. */
const maxDepth = 64;
const steps = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy;

/**
 * Puts together arguments that are streamed piece by piece, each under its JSON path; pieces of one string follow each
 * other. Source: `PartialArg` in @google/genai 3.1; RFC 9535 for the paths.
 */
export class PartialArguments {
  readonly #root: Map<string, unknown> = new Map();
  /** True once there may be maps below the root, which JSON has to be told of one by one. */
  #pieced = false;

  /** Takes the pieces of one chunk. */
  take(pieces: unknown): void {
    for (const piece of listOf(pieces)) this.#put(loose<PartialKey>(piece));
  }

  /** Takes arguments that came as an object. */
  merge(args: object): void {
    for (const [key, value] of Object.entries(args)) this.#root.set(key, value);
  }

  /** What there is so far, as JSON. */
  json(): string {
    if (!this.#pieced) return JSON.stringify(Object.fromEntries(this.#root));
    return JSON.stringify(this.#root, (_, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value,
    );
  }

  #put(piece: Loose<PartialKey>): void {
    const path = readPath(piece.jsonPath);
    const last = path?.pop();
    if (path === undefined || last === undefined) return;
    this.#pieced = true;
    let box: Box = this.#root;
    for (const [index, step] of path.entries()) box = open(box, step, path[index + 1] ?? last);
    const before = get(box, last);
    const value = valueOf(piece);
    set(box, last, typeof before === "string" && typeof value === "string" ? before + value : value);
  }
}

function valueOf({ stringValue, numberValue, boolValue }: Loose<PartialKey>): unknown {
  return stringValue ?? numberValue ?? boolValue ?? null;
}

function readPath(path: unknown): (string | number)[] | undefined {
  if (typeof path !== "string" || !path.startsWith("$")) return undefined;
  const found: (string | number)[] = [];
  steps.lastIndex = 1;
  while (steps.lastIndex < path.length) {
    const match = steps.exec(path);
    if (match === null || found.length >= maxDepth) return undefined;
    const [, name, index, single, double] = match;
    if (index === undefined) found.push(name ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1"));
    else found.push(Number(index));
  }
  return found;
}

function open(box: Box, step: string | number, next: string | number): Box {
  const known = get(box, step);
  if (known instanceof Map || Array.isArray(known)) return known;
  const made: Box = typeof next === "number" ? [] : new Map<string, unknown>();
  set(box, step, made);
  return made;
}

function get(box: Box, step: string | number): unknown {
  return box instanceof Map ? box.get(String(step)) : box[Number(step)];
}

/** An index beyond the end means the next one: nobody gets to make a list of a billion holes. */
function set(box: Box, step: string | number, value: unknown): void {
  if (box instanceof Map) box.set(String(step), value);
  else box[Math.min(Number(step) || 0, box.length)] = value;
}
