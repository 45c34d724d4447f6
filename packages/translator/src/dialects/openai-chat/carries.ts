import { contextManagementRow, type CarryRow } from "../carries.ts";
import { loneSearchRow, searchHere, searchHistoryRow } from "../search-rows.ts";
import { reasons } from "./reasons.ts";

/** What becomes of each feature of the Messages API in chat completions. The documentation prints this table. */
export const chatCarries: readonly CarryRow[] = [
  {
    feature: "System prompt",
    carried: "yes",
    how: "Its blocks become one system message, joined by blank lines.",
  },
  { feature: "Claude Code's billing line at the head of the system prompt", carried: "no", how: reasons.billingLine },
  {
    feature: "System messages in mid-conversation",
    carried: "yes",
    how: "In their place, as a system message or as a user message in <system-reminder> tags, whichever the server takes; after the results when they stand between a tool call and its results.",
  },
  {
    feature: "Text",
    carried: "yes",
    how: "As a string wherever text alone says it. Blank text is left out.",
  },
  { feature: "Citations in text", carried: "no", how: reasons.citationsInText },
  {
    feature: "Prompt cache markers (cache_control)",
    carried: "partly",
    how: `On text, in the spelling of servers that take markers. Elsewhere: ${reasons.cacheControl}`,
  },
  {
    feature: "Images",
    carried: "yes",
    how: `As image_url parts, with the type that their bytes tell. For models without vision: ${reasons.noVision}`,
  },
  {
    feature: "PDFs",
    carried: "partly",
    how: `As file parts. Where files are not taken: ${reasons.noFiles} By address: ${reasons.documentUrl}`,
  },
  {
    feature: "Text documents and documents made of blocks",
    carried: "yes",
    how: "As text under their title and context.",
  },
  { feature: "Other documents", carried: "no", how: reasons.documentType },
  { feature: "Citations of documents", carried: "no", how: reasons.citationsEnabled },
  { feature: "Search results", carried: "yes", how: "As a link followed by the text." },
  {
    feature: "Files in Anthropic's file store",
    carried: "no",
    how: "The request is refused, because only Anthropic can read them.",
  },
  {
    feature: "Tools",
    carried: "yes",
    how: "As functions. Schemas lose $schema and always have an object with properties at their root. Names that are too long or hold other characters than letters, digits, _ and - are mapped by a hash and read back in answers.",
  },
  {
    feature: "Tools that Anthropic defines and the client runs (bash, text editor, memory, computer)",
    carried: "yes",
    how: "As functions with their documented schema.",
  },
  {
    feature: "Other tools that Anthropic runs (web fetch, code execution, …)",
    carried: "no",
    how: reasons.serverTool,
  },
  {
    feature: "Web search (web_search_20250305 and later)",
    carried: "partly",
    how: `As the search of a provider that has one in chat completions (models that search unasked, or a tool of the server's), with its sources and citations before the text where the request is for nothing else, and after it otherwise. Beside other tools, of models that search unasked: ${reasons.functionsBesideSearch} Elsewhere: ${searchHere}`,
  },
  loneSearchRow,
  { feature: "Two tools of one name", carried: "partly", how: `The first is declared. ${reasons.duplicateTool}` },
  {
    feature: "Deferred tools and tool search (defer_loading, tool_reference)",
    carried: "yes",
    how: reasons.deferredTool,
  },
  {
    feature: "Tools added and withdrawn in mid-conversation",
    carried: "yes",
    how: "The tools are declared as they stand at the end, and a sentence tells of each change in its place.",
  },
  { feature: "Strict tools", carried: "partly", how: `Where the schema allows it. Elsewhere: ${reasons.strictTool}` },
  { feature: "input_examples", carried: "no", how: reasons.inputExamples },
  { feature: "allowed_callers", carried: "no", how: reasons.allowedCallers },
  { feature: "eager_input_streaming", carried: "no", how: reasons.eagerInputStreaming },
  {
    feature: "tool_choice",
    carried: "yes",
    how: `"any" becomes "required". Where a server cannot force a call: ${reasons.toolChoiceForced}`,
  },
  {
    feature: "disable_parallel_tool_use",
    carried: "yes",
    how: `As parallel_tool_calls: false. Where there is none: ${reasons.parallelToolCalls}`,
  },
  {
    feature: "Tool calls and results in the history",
    carried: "yes",
    how: "As tool_calls and tool messages, the results directly after their calls and in the same order. A missing result is replaced by a note, a result without its call becomes text, and ids that come twice or that the server refuses are mapped.",
  },
  { feature: "Failed tool calls (is_error)", carried: "yes", how: 'The result begins with "Error".' },
  {
    feature: "Images and PDFs in tool results",
    carried: "yes",
    how: "In a user message after the last result, or in the tool message where the server takes them there. Images that stand as JSON or as a data URL in a text are lifted out of it.",
  },
  searchHistoryRow,
  { feature: "Other tools of Anthropic's in the history", carried: "no", how: reasons.serverToolHistory },
  {
    feature: "Thinking: how much",
    carried: "partly",
    how: `As reasoning_effort. ${reasons.budgetTokens} ${reasons.effortClamped} For models that do not reason: ${reasons.noReasoning}`,
  },
  {
    feature: "Thinking in the history",
    carried: "partly",
    how: `As text or as reasoning_details, where the server wants it back. ${reasons.thinkingAlone} Elsewhere: ${reasons.thinkingHistory}`,
  },
  { feature: "Redacted thinking", carried: "no", how: reasons.redactedThinking },
  {
    feature: "max_tokens",
    carried: "yes",
    how: `As max_tokens or max_completion_tokens. Outside the model's range: ${reasons.maxTokens}`,
  },
  {
    feature: "temperature, top_p",
    carried: "yes",
    how: `For models that reason before they answer: ${reasons.sampling}`,
  },
  { feature: "top_k", carried: "partly", how: `Where the server has it. Elsewhere: ${reasons.topK}` },
  {
    feature: "stop_sequences",
    carried: "yes",
    how: "As many as the server takes as stop; the gateway enforces the others itself.",
  },
  {
    feature: "Structured output (output_config.format)",
    carried: "yes",
    how: `As response_format, strict when the schema means the same then. Where there is none: ${reasons.structuredOutput}`,
  },
  {
    feature: "A last assistant message to be continued",
    carried: "partly",
    how: "In the server's own way where it has one; else the message is sent as it is, and the model may begin anew.",
  },
  {
    feature: "metadata.user_id",
    carried: "no",
    how: `${reasons.userId} Servers that take a prompt_cache_key get a hash of the session.`,
  },
  { feature: "Other metadata", carried: "no", how: reasons.metadata },
  contextManagementRow,
  { feature: "mcp_servers", carried: "no", how: reasons.mcpServers },
  { feature: "safeguards", carried: "no", how: reasons.safeguards },
  { feature: "service_tier", carried: "no", how: reasons.serviceTier },
  { feature: "speed, container, inference_geo, fallbacks, betas", carried: "no", how: reasons.anthropicOnly },
  {
    feature: "Fields and blocks that are newer than this version",
    carried: "no",
    how: `${reasons.unknownField} ${reasons.unknownBlock}`,
  },
];
