import { isRecord } from "./is-record.ts";

type Body = Readonly<Record<string, unknown>>;

/** The steps of a path such as `tools[0].function.strict` or `messages.1.content`. */
export function pathSteps(path: string): string[] {
  return path.split(/[.[\]]+/).filter((step) => step !== "");
}

/**
 * The object without what stands at a path; where the path has an index, without it in all siblings alike. Undefined
 * when nothing stands there. Objects off the path are the same ones as before.
 */
export function withoutPath(body: Body, path: readonly string[]): Record<string, unknown> | undefined {
  const names = path.filter((step) => !/^\d+$/.test(step));
  const without = strip(body, names);
  return without === body || !isRecord(without) ? undefined : { ...without };
}

function strip(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => strip(item, names));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const [name = "", ...rest] = names;
  if (!isRecord(value) || !(name in value)) return value;
  if (rest.length === 0) {
    const { [name]: _, ...others } = value;
    return others;
  }
  const inner = strip(value[name], rest);
  return inner === value[name] ? value : { ...value, [name]: inner };
}
