import { isRecord } from "../json/is-record.ts";
import { declaredOpenAiTool } from "./openai-tool.ts";

/** A `tool_choice` that names none of these tools; undefined when the one that is there does not either. */
export function choiceWithout(
  choice: Readonly<Record<string, unknown>>,
  names: ReadonlySet<string>,
): "auto" | "none" | Readonly<Record<string, unknown>> | undefined {
  const isGone = (entry: unknown): boolean =>
    isRecord(entry) && declaredOpenAiTool(entry).some(({ name }) => names.has(name));
  if (choice["type"] !== "allowed_tools") return isGone(choice) ? "auto" : undefined;
  // Chat completions have the list one level deeper than Responses.
  const { allowed_tools: allowed } = choice;
  const list = isRecord(allowed) ? allowed["tools"] : choice["tools"];
  if (!Array.isArray(list) || !list.some(isGone)) return undefined;
  const tools = list.filter((entry) => !isGone(entry));
  if (tools.length === 0) return "none";
  return isRecord(allowed) ? { ...choice, allowed_tools: { ...allowed, tools } } : { ...choice, tools };
}
