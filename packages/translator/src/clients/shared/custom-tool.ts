import { isRecord } from "../../json/is-record.ts";
import type { Tool } from "../../messages/request.ts";
import { customSchema } from "./tool-input.ts";

/** A tool that takes one free text, as OpenAI's custom tools do; a grammar for the text becomes words. */
export function customTool(tool: {
  readonly name: string;
  readonly description?: string | null;
  readonly format?: unknown;
}): Tool {
  const description = [tool.description ?? "", ...grammarOf(tool.format)].filter((text) => text !== "").join("\n\n");
  return { name: tool.name, ...(description === "" ? {} : { description }), input_schema: customSchema };
}

/** Source: `CustomTool.Grammar` in openai-node; chat completions nest the grammar once more than Responses do. */
function grammarOf(format: unknown): string[] {
  if (!isRecord(format) || format["type"] !== "grammar") return [];
  const grammar = isRecord(format["grammar"]) ? format["grammar"] : format;
  const { syntax, definition } = grammar;
  if (typeof definition !== "string") return [];
  return [`The input must follow this ${typeof syntax === "string" ? syntax : ""} grammar:\n${definition}`];
}
