import { isRecord } from "../json/is-record.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { reasons } from "./reasons.ts";
import { functionParameters, type JsonSchema } from "./schema.ts";
import type { Scene } from "./scene.ts";

/**
 * The JSON schema that the answer is to obey, without `$schema`; undefined when the client wants none. One that the
 * provider cannot be held to (`takes` is false) is reported.
 */
export function wantedFormat(request: MessagesRequest, takes: boolean, scene: Scene): JsonSchema | undefined {
  const legacy = request["output_format"];
  const format: unknown = request.output_config?.format ?? legacy;
  if (!isRecord(format)) return undefined;
  if (format["type"] !== "json_schema" || !takes) {
    scene.drops.add(format === legacy ? "output_format" : "output_config.format", reasons.structuredOutput);
    return undefined;
  }
  const wanted = format["schema"];
  return isRecord(wanted) ? withoutDraft(wanted) : functionParameters(wanted);
}

function withoutDraft({ $schema: _draft, ...schema }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return schema;
}
