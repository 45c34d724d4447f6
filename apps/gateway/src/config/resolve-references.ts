import path from "node:path";
import { nearestNames } from "@drawbridge/governance";
import type { ConfigPath } from "./problem.ts";

/** Where the values of references come from. */
export interface ReferenceSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives a file's text. Its path is absolute when `directory` is. */
  readonly readFile: (file: string) => Promise<string>;
  /** What relative paths of files start from. */
  readonly directory: string;
}

/** A value whose references are filled in, as far as that was possible. */
export interface Resolved {
  readonly value: unknown;
  /** Places where a reference could not be followed; their text stands as it was written. */
  readonly problems: readonly { readonly path: ConfigPath; readonly message: string }[];
  /** Files that were asked for, each once. */
  readonly files: readonly string[];
}

/**
 * Fills in `${VAR}`, `${VAR:-default}` and `${file:PATH}` in every string of a value; `$${` stands for `${`.
 * What is filled in is not looked at again.
 */
export async function resolveReferences(value: unknown, sources: ReferenceSources): Promise<Resolved> {
  const problems: { path: ConfigPath; message: string }[] = [];
  const files = new Set<string>();

  async function resolve(part: unknown, at: ConfigPath): Promise<unknown> {
    if (typeof part === "string") return part.includes("${") ? fill(part, at) : part;
    if (Array.isArray(part)) return Promise.all(part.map((item, index) => resolve(item, [...at, index])));
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part).map(async ([key, item]) => [key, await resolve(item, [...at, key])] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async function fill(text: string, at: ConfigPath): Promise<string> {
    const pieces = await Promise.all(split(text).map((piece) => follow(piece, sources)));
    const wrong = pieces.filter((piece) => "message" in piece);
    for (const { message } of wrong) problems.push({ path: at, message });
    for (const piece of pieces) if (piece.file !== undefined) files.add(piece.file);
    return wrong.length > 0 ? text : pieces.map((piece) => ("text" in piece ? piece.text : "")).join("");
  }

  return { value: await resolve(value, []), problems, files: [...files] };
}

type Piece = { readonly literal: string } | { readonly reference: string };

type Followed =
  | { readonly text: string; readonly file?: string }
  | { readonly message: string; readonly file?: string };

const marks = /\$\$\{|\$\{([^}]*)\}/g;

function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    pieces.push({ literal: text.slice(from, match.index) });
    pieces.push(match[1] === undefined ? { literal: "${" } : { reference: match[1] });
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  // What is left can open a reference only without closing it.
  const open = rest.indexOf("${");
  if (open === -1) return [...pieces, { literal: rest }];
  return [...pieces, { literal: rest.slice(0, open) }, { reference: rest.slice(open + 2) }];
}

async function follow(piece: Piece, sources: ReferenceSources): Promise<Followed> {
  if ("literal" in piece) return { text: piece.literal };
  if (piece.reference.startsWith("file:")) return readReferenced(piece.reference.slice("file:".length).trim(), sources);
  const [, name, fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(piece.reference) ?? [];
  if (name === undefined)
    return {
      message:
        "holds a ${…} that is no reference; wanted ${VAR}, ${VAR:-default} or ${file:PATH}, or $${ for a plain ${",
    };
  const found = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
  if (fallback !== undefined) return { text: found === undefined || found === "" ? fallback : found };
  return found === undefined ? { message: unset(name, sources.env) } : { text: found };
}

function unset(name: string, env: ReferenceSources["env"]): string {
  const [near] = nearestNames(name, Object.keys(env), 1);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  return `the environment variable ${name} is not set${meant} (a default can be given: \${${name}:-default})`;
}

async function readReferenced(name: string, { directory, readFile }: ReferenceSources): Promise<Followed> {
  if (name === "") return { message: "${file:} names no file" };
  const file = path.resolve(directory, name);
  try {
    const text = await readFile(file);
    return { text: text.replace(/\r?\n$/, ""), file };
  } catch (error) {
    return { message: `the file ${file} ${reasonOf(error)}`, file };
  }
}

const reasons = new Map([
  ["ENOENT", "does not exist"],
  ["EACCES", "may not be read by this process"],
  ["EISDIR", "is a directory"],
]);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return reasons.get(code) ?? `cannot be read (${code})`;
}
