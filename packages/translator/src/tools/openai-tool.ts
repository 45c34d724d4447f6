import { isRecord } from "../json/is-record.ts";
import { type DeclaredTool, mcpTools } from "./tool-list.ts";

/**
 * The tool that an entry of a list or of a choice names, in either of OpenAI's APIs; none for what names none. Tools of
 * the API's own go by their type, whatever else they are called.
 */
export function declaredOpenAiTool(entry: Readonly<Record<string, unknown>>): readonly DeclaredTool[] {
  const { type, name, function: fn, custom, server_label: server } = entry;
  if (type === "mcp") return [{ name: mcpTools(String(server)), type }];
  const own = isRecord(fn) ? fn["name"] : isRecord(custom) ? custom["name"] : name;
  if (type === "function" || type === "custom" || type === undefined)
    return typeof own === "string" ? [{ name: own }] : [];
  return typeof type === "string" ? [{ name: type.replace(/_\d{4}_\d\d_\d\d$/, ""), type }] : [];
}
