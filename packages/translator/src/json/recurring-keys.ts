/** Keys of requests and answers of the Messages API. */
const keys = [
  "model messages system tools tool_choice max_tokens stream temperature top_p top_k metadata thinking",
  "context_management output_config stop_sequences service_tier container role content type text id name input",
  "input_schema description tool_use_id is_error cache_control source data media_type signature citations",
  "defer_loading edits keep stop_reason stop_sequence usage error message delta index content_block",
  "input_tokens output_tokens cache_creation_input_tokens cache_read_input_tokens cache_creation",
  "ephemeral_5m_input_tokens ephemeral_1h_input_tokens service_tier inference_geo server_tool_use",
].flatMap((names) => names.split(" "));

const buckets: readonly (readonly string[] | undefined)[] = Array.from({ length: 256 }, (_, bucket) => {
  const here = keys.filter((key) => bucketOf(key.length, key.charCodeAt(0), key.charCodeAt(key.length - 1)) === bucket);
  return here.length === 0 ? undefined : here;
});

function bucketOf(length: number, first: number, last: number): number {
  return (length * 37 + first * 7 + last * 3) & 255;
}

/**
 * The key whose bytes stand between two offsets, when it is one that comes again and again; undefined for every other.
 * Making a text of bytes and looking for it in a map costs more than scanning a small request.
 */
export function recurringKey(view: DataView, start: number, end: number): string | undefined {
  if (end - start < 2) return undefined;
  const bucket = buckets[bucketOf(end - start, view.getUint8(start), view.getUint8(end - 1))];
  if (bucket === undefined) return undefined;
  for (const key of bucket) if (key.length === end - start && standsAt(view, start, key)) return key;
  return undefined;
}

function standsAt(view: DataView, start: number, key: string): boolean {
  for (let index = 0; index < key.length; index += 1) {
    if (view.getUint8(start + index) !== key.charCodeAt(index)) return false;
  }
  return true;
}
