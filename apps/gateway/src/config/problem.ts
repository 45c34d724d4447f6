/** Steps from the top of the configuration to one value. */
export type ConfigPath = readonly (string | number)[];

/** Something that is wrong with a configuration, or probably a mistake. Never holds a value that came from a reference. */
export interface Problem {
  /** As people write it: `models[1].target`; empty for the file as a whole. */
  readonly path: string;
  /** What was seen, what is wanted, and perhaps what was meant. */
  readonly message: string;
  /** From 1; undefined when the file could not be read at all. */
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** The path as people write it: `models[1].target`, `providers["my server"].kind`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** One line for one problem: `drawbridge.yaml:12:5: models[1].target: …`. */
export function formatProblem(problem: Problem, fileName: string): string {
  const place = problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return `${fileName}${place}: ${path}${problem.message}`;
}
