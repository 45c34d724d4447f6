import { isRecord } from "../../json/is-record.ts";
import type { JsonSchema } from "../../conversation/schema.ts";

/** What a reference within a schema leads to, such as `#/$defs/Item`; undefined when it leads nowhere or outside. */
export function resolveReference(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const name = decoded(step);
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

/** RFC 6901: `~1` is a slash and `~0` a tilde, in a URI's escapes. */
function decoded(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // A lone percent sign stands for itself.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}
