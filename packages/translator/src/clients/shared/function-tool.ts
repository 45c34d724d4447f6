import { isRecord } from "../../json/is-record.ts";
import type { Tool } from "../../messages/request.ts";

const noParameters = { type: "object", properties: {} } as const;

/** A function as a tool of the Messages API. */
export function functionTool(tool: {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: unknown;
  readonly strict?: boolean | null;
}): Tool {
  const { name, description, parameters, strict } = tool;
  return {
    name,
    ...(description ? { description } : {}),
    input_schema: isRecord(parameters) ? parameters : noParameters,
    ...(strict === true ? { strict } : {}),
  };
}
