import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";
import { openApiSchema } from "./openapi-schema.ts";

type Body = Readonly<Record<string, unknown>>;

/** Leaves the search out where functions are offered beside it; a request for the search alone stays as it is. */
export function functionsOnly(request: Body): Body | undefined {
  const tools = listOf(request["tools"]);
  const functions = tools.filter((tool) => isRecord(tool) && "functionDeclarations" in tool);
  if (functions.length === 0 || functions.length === tools.length) return undefined;
  const { toolConfig, ...rest } = request;
  if (!isRecord(toolConfig)) return { ...rest, tools: functions };
  const { includeServerSideToolInvocations: _, ...config } = toolConfig;
  return { ...rest, tools: functions, ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }) };
}

/** Writes every schema in the subset of OpenAPI that older endpoints know. */
export function simplerSchemas(request: Body): Body | undefined {
  const tools = listOf(request["tools"]).map((tool) => {
    if (!isRecord(tool)) return tool;
    const { functionDeclarations: functions } = tool;
    return functions === undefined ? tool : { ...tool, functionDeclarations: listOf(functions).map(simpler) };
  });
  const config = request["generationConfig"];
  const simple = isRecord(config) ? simplerFormat(config) : config;
  const hasSchema = JSON.stringify(tools) !== JSON.stringify(listOf(request["tools"])) || simple !== config;
  if (!hasSchema) return undefined;
  return { ...request, ...(request["tools"] === undefined ? {} : { tools }), generationConfig: simple };
}

function simpler(declaration: unknown): unknown {
  if (!isRecord(declaration) || !isRecord(declaration["parametersJsonSchema"])) return declaration;
  const { parametersJsonSchema: schema, ...rest } = declaration;
  return { ...rest, parameters: openApiSchema(isRecord(schema) ? schema : {}) };
}

function simplerFormat(config: Body): Body {
  const { responseJsonSchema: schema, ...rest } = config;
  return isRecord(schema) ? { ...rest, responseSchema: openApiSchema(schema) } : config;
}
