import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, type Document, visit } from "yaml";
import type { ConfigPath, Problem } from "./problem.ts";

/** Where something stands in a text; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A configuration file as a plain value that still knows where each part stood. */
export interface ParsedYaml {
  readonly value: unknown;
  /** Where the value at this path stands, or the nearest thing around it; `"key"` asks for its key instead. */
  locate(path: ConfigPath, what?: "key" | "value"): Position;
}

/** Aliases that one document may follow: enough for any configuration, too few to blow one up. */
const maxAliasCount = 1_000;

/** Reads one YAML document. Every syntax error, duplicate keys among them, comes back as a problem. */
export function parseYaml(text: string): { ok: true; yaml: ParsedYaml } | { ok: false; problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    merge: true,
    logLevel: "error",
  });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      path: "",
      message: syntaxMessage(error.code, error.message),
      ...position(error.pos[0]),
    }));
    return { ok: false, problems };
  }
  keepDigits(document);
  try {
    const value: unknown = document.toJS({ maxAliasCount });
    const locate: ParsedYaml["locate"] = (path, what = "value") => position(offsetOf(document, path, what));
    return { ok: true, yaml: { value, locate } };
  } catch {
    const message = "the aliases of the file multiply beyond measure; write them out";
    return { ok: false, problems: [{ path: "", message, line: 1, column: 1 }] };
  }
}

const mostExactDigits = 15;

/** A number of more digits than a double can hold stays the text that it is: an amount of money must not be rounded. */
function keepDigits(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      const digits = typeof node.value === "number" ? node.source?.replace(/^[-+]?0*\.?0*|\D/g, "") : undefined;
      if (digits !== undefined && digits.length > mostExactDigits) node.value = node.source;
    },
  });
}

function syntaxMessage(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "this key stands here twice; keep one of the two";
  // The parser sometimes quotes what it stumbled over, which may be a secret.
  return `not valid YAML: ${message.replace(/[:\s]+".*$/s, "")}`;
}

function offsetOf(document: Document, path: ConfigPath, what: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const next = descend(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) return offset;
    offset = startOf(next.key) ?? offset;
    if (what === "key" && depth === path.length - 1) return offset;
    node = next.value;
    // An empty value has no place of its own: its key's is near enough.
    if (!isScalar(node) || node.source !== "") offset = startOf(node) ?? offset;
  }
  return offset;
}

/** One step into a map or list; undefined where there is nothing. */
function descend(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  const value = isCollection(node) && typeof step === "number" ? node.items[step] : undefined;
  return value === undefined ? undefined : { key: undefined, value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
