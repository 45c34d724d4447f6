import { isLoose } from "../../json/loose.ts";

type Body = Record<string, unknown>;

/**
 * A request without the field at a path; lists are gone through, and a block that was nothing but the field goes with
 * it. A path of one name leaves the field out wherever it stands. Undefined when it stands nowhere.
 */
export function withoutField(request: Body, path: readonly string[]): Body | undefined {
  const [only = ""] = path;
  const found = path.length === 1 && !(only in request) ? stripEverywhere(request, only) : strip(request, path);
  return found === request || !isBody(found) ? undefined : found;
}

/** Where blocks stand of which each is one of several kinds. */
const searched = ["system", "messages", "content", "toolConfig", "tools"];

function stripEverywhere(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return stripItems(value, name, (item) => stripEverywhere(item, name));
  if (!isBody(value)) return value;
  if (name in value) return remove(value, name);
  let result = value;
  for (const key of searched) {
    if (!(key in value)) continue;
    const inner = stripEverywhere(value[key], name);
    if (inner !== value[key]) result = { ...result, [key]: inner };
  }
  return result;
}

function strip(value: unknown, path: readonly string[]): unknown {
  const [name = "", ...rest] = path;
  if (Array.isArray(value)) return stripItems(value, path.at(-1) ?? "", (item) => strip(item, path));
  if (!isBody(value) || !(name in value)) return value;
  if (rest.length === 0) return remove(value, name);
  const inner = strip(value[name], rest);
  if (inner === value[name]) return value;
  return isEmpty(inner) ? remove(value, name) : { ...value, [name]: inner };
}

function stripItems(items: readonly unknown[], name: string, take: (item: unknown) => unknown): unknown {
  const left = items.map((item) => take(item));
  if (left.every((item, index) => item === items[index])) return items;
  return left.filter((item, index) => item === items[index] || !isBody(item) || !isGone(item, items[index], name));
}

/** True for what held the field alone. */
function isGone(item: Body, before: unknown, name: string): boolean {
  return isEmpty(item) && isBody(before) && name in before;
}

function remove(value: Body, name: string): Body {
  const { [name]: _removed, ...rest } = value;
  return rest;
}

function isEmpty(value: unknown): boolean {
  return isBody(value) && Object.keys(value).length === 0;
}

function isBody(value: unknown): value is Body {
  return isLoose(value);
}
