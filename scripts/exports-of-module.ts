/** One name that a module gives away, and whether a doc comment stands before its declaration. */
export interface ModuleExport {
  readonly name: string;
  readonly documented: boolean;
}

/** One name that a barrel passes on: what it is called there, and the file it comes from. */
export interface PassedOn {
  readonly name: string;
  readonly from: string;
}

const declaration =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) +([\w$]+)/u;

/** Lists what a module declares and exports. Reads the text: declarations start at the first column, as oxfmt leaves them. */
export function exportsOfModule(source: string): ModuleExport[] {
  const lines = source.split("\n");
  const found = new Map<string, ModuleExport>();
  for (const [index, line] of lines.entries()) {
    const name = declaration.exec(line)?.[1];
    // Overloads share the comment of the first one.
    if (name === undefined || found.has(name)) continue;
    found.set(name, { name, documented: hasDocComment(lines, index) });
  }
  return [...found.values()];
}

function hasDocComment(lines: readonly string[], declaredAt: number): boolean {
  const last = lines[declaredAt - 1]?.trim() ?? "";
  if (!last.endsWith("*/")) return false;
  for (let index = declaredAt - 1; index >= 0; index--) {
    const line = lines[index]?.trim() ?? "";
    if (line.startsWith("/**")) return /\w/u.test(lines.slice(index, declaredAt).join(" "));
    if (!line.startsWith("*") && !line.endsWith("*/")) return false;
  }
  return false;
}

/** Lists what a barrel passes on with `export { … } from "…"`, whatever it renames. */
export function passedOn(barrel: string): PassedOn[] {
  const clauses = barrel.matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/gu);
  return [...clauses].flatMap(([, names = "", from = ""]) =>
    names
      .split(",")
      .map((part) => part.trim().replace(/^type /u, ""))
      .filter((part) => part !== "")
      .map((part) => ({ name: part.split(" as ")[0] ?? part, from })),
  );
}

/** What a barrel holds besides `export { … } from "…"` and comments; empty when it is a pure list of names. */
export function beyondNames(barrel: string): string {
  return barrel
    .replaceAll(/\/\*[\s\S]*?\*\//gu, "")
    .replaceAll(/\/\/.*$/gmu, "")
    .replaceAll(/export (?:type )?\{[^}]*\} from "[^"]+";?/gu, "")
    .trim();
}
