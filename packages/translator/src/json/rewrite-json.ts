import { encodeJson } from "./encode-json.ts";
import { isRecord } from "./is-record.ts";
import { parseJson } from "./loose.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON object in bytes as `rewrite` writes it anew; undefined when the bytes are none, or `rewrite` has nothing to change. */
export function rewriteJson(
  body: Uint8Array,
  rewrite: (value: JsonObject) => JsonObject | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  const value = parseJson(new TextDecoder().decode(body));
  const rewritten = isRecord(value) ? rewrite(value) : undefined;
  return rewritten === undefined ? undefined : encodeJson(rewritten);
}
