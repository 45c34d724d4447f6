import type { SearchResult } from "@drawbridge/translator";

/** Under which names an engine's results say what. */
export interface ResultKeys {
  readonly url: string;
  readonly title: string;
  /** Pieces of the page's text, one string or a list of them each; all that are there are joined. */
  readonly text: readonly string[];
  /** The first that is there counts. */
  readonly age: readonly string[];
}

/** Reads a list of results; entries without an address are left out. */
export function readResults(list: unknown, keys: ResultKeys): readonly SearchResult[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const url = textAt(entry, keys.url);
    if (url === undefined || !/^https?:\/\//.test(url)) return [];
    const text = keys.text.flatMap((key) => textsAt(entry, key)).join("\n");
    const pageAge = keys.age.map((key) => textAt(entry, key)).find((age) => age !== undefined);
    return [{ url, title: textAt(entry, keys.title) ?? url, text, pageAge }];
  });
}

/** The value under a key of whatever an engine sent. */
export function valueAt(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = valueAt(value, key);
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

function textsAt(value: unknown, key: string): readonly string[] {
  const found = valueAt(value, key);
  const texts: readonly unknown[] = Array.isArray(found) ? found : [found];
  return texts.flatMap((text) => (typeof text === "string" && text.trim() !== "" ? [text.trim()] : []));
}
