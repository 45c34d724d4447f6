import type { JsonScanner } from "../../json/json-scanner.ts";
import type { Dropped, Span } from "../../dialects/dialect.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import type { Edit } from "../../messages/splice.ts";
import { reasons } from "./reasons.ts";

/**
 * Fields in which a request names other models than its `model`, or another address and key, to servers that pass it on.
 * Sources: openrouter.ai/docs, "Model fallbacks" and "Presets"; docs.litellm.ai, "Input params" and "Fallbacks".
 */
const routingFields: ReadonlySet<string> = new Set([
  "api_base",
  "api_key",
  "base_url",
  "context_window_fallback_dict",
  "fallbacks",
  "models",
  "preset",
  "route",
]);

/** What has to go of a request that is passed on, so that no client reaches what its key may not use. */
export interface RoutingCuts {
  readonly edits: readonly Edit[];
  readonly dropped: readonly Dropped[];
  /** Where the object ends. */
  readonly end: number;
}

/** Visits the members of the object at `at`, and cuts those that say where a request is to go. */
export function cutRouting(scanner: JsonScanner, at: number, visit: (key: string, value: Span) => void): RoutingCuts {
  const members: ListElement[] = [];
  const dropped: Dropped[] = [];
  let start = scanner.skipSpace(at + 1);
  const end = scanner.members(at, (key, value) => {
    const gone = routingFields.has(key);
    members.push({ span: { start, end: value.end }, gone });
    start = scanner.skipSpace(scanner.skipSpace(value.end) + 1);
    if (gone) dropped.push({ path: key, reason: reasons.routing });
    else visit(key, value);
  });
  return { edits: dropped.length === 0 ? [] : removeElements(members), dropped, end };
}
