import { isRecord } from "../json/is-record.ts";
import type { ToolResultBlock } from "../messages/content.ts";
import { openOpaque, sealOpaque } from "../messages/opaque.ts";
import type { SearchError, SearchOutcome } from "./web-search.ts";

/**
 * The content of a `web_search_tool_result` block. What the model read of a page rides in `encrypted_content`, as it
 * does at Anthropic, so that the next request can tell the model the same again.
 */
export function encodeSearchContent(outcome: SearchOutcome): unknown {
  if (!outcome.ok) return { type: "web_search_tool_result_error", error_code: outcome.error };
  return outcome.results.map(({ url, title, text, pageAge }) => ({
    type: "web_search_result",
    title,
    url,
    encrypted_content: sealOpaque("search", text),
    page_age: pageAge ?? null,
  }));
}

/** What the model is told of a search, as the result of its call: from the block that the client has, so that it never changes. */
export function searchToolResult(callId: string, content: unknown): ToolResultBlock {
  const error = errorIn(content);
  return {
    type: "tool_result",
    tool_use_id: callId,
    content: error === undefined ? tellResults(Array.isArray(content) ? content : []) : failures[error],
    ...(error !== undefined && { is_error: true }),
  };
}

const failures: Readonly<Record<SearchError, string>> = {
  invalid_tool_input: "The search was not made: its query is missing.",
  unavailable: "The search failed: web search is not available now.",
  max_uses_exceeded: "The search was not made: no more searches are allowed. Answer with what is known.",
  too_many_requests: "The search failed: too many searches within a short time.",
  query_too_long: "The search was not made: its query is too long.",
  request_too_large: "The search was not made: the request is too large.",
};

function errorIn(content: unknown): SearchError | undefined {
  if (!isRecord(content)) return undefined;
  const { error_code: code } = content;
  return typeof code === "string" && isSearchError(code) ? code : "unavailable";
}

function isSearchError(code: string): code is SearchError {
  return Object.hasOwn(failures, code);
}

function tellResults(results: readonly unknown[]): string {
  const told = results.filter((result) => isRecord(result)).map((result, index) => tellResult(result, index + 1));
  return told.length === 0 ? "The search found nothing." : told.join("\n\n");
}

function tellResult(result: Record<string, unknown>, number: number): string {
  const age = textOf(result["page_age"]);
  const text = openOpaque("search", textOf(result["encrypted_content"])) ?? "";
  const lines = [
    `[${number}] ${textOf(result["title"])}`,
    textOf(result["url"]),
    age === "" ? "" : `Date: ${age}`,
    text,
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
