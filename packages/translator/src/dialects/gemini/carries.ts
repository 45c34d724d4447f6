import { contextManagementRow, type CarryRow } from "../carries.ts";
import { searchHere, searchHistoryRow } from "../search-rows.ts";
import { reasons } from "./reasons.ts";

/** What becomes of each feature of the Messages API at Gemini. The documentation prints this table. */
export const geminiCarries: readonly CarryRow[] = [
  { feature: "System prompt", carried: "yes", how: "As systemInstruction, one part for each block." },
  { feature: "Claude Code's billing line at the head of the system prompt", carried: "no", how: reasons.billingLine },
  {
    feature: "System messages in mid-conversation",
    carried: "yes",
    how: "In their place, as the user's words in <system-reminder> tags; after the results when they stand between a tool call and its results.",
  },
  { feature: "Text", carried: "yes", how: "As text parts. Blank text is left out." },
  { feature: "Citations in text", carried: "no", how: reasons.citationsInText },
  { feature: "Prompt cache markers (cache_control)", carried: "no", how: reasons.cacheControl },
  {
    feature: "Images",
    carried: "partly",
    how: `As inlineData, with the type that their bytes tell; by address as fileData when Google keeps the file. GIF: ${reasons.imageType} Other addresses: ${reasons.mediaAddress}`,
  },
  { feature: "PDFs", carried: "partly", how: `As inlineData, by address like images. ${reasons.mediaAddress}` },
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
    how: "As functionDeclarations with parametersJsonSchema; for endpoints that know only a part of JSON Schema it is rewritten to that. Names that Gemini refuses are mapped by a hash and read back in answers.",
  },
  {
    feature: "Tools that Anthropic defines and the client runs (bash, text editor, memory, computer)",
    carried: "yes",
    how: "As functions with their documented schema.",
  },
  {
    feature: "Web search",
    carried: "yes",
    how: `As googleSearch; its sources come back as server_tool_use, web_search_tool_result and citations. Beside other tools, where the model cannot search then: ${searchHere} Asked for by name: ${reasons.searchForced} Of allowed_domains and blocked_domains: ${reasons.searchDomains} Of max_uses and user_location: ${reasons.searchOption}`,
  },
  { feature: "Other tools that Anthropic runs (web fetch, code execution, …)", carried: "no", how: reasons.serverTool },
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
  { feature: "Strict tools", carried: "no", how: reasons.strictTool },
  { feature: "input_examples", carried: "no", how: reasons.inputExamples },
  { feature: "allowed_callers", carried: "no", how: reasons.allowedCallers },
  { feature: "eager_input_streaming", carried: "no", how: reasons.eagerInputStreaming },
  {
    feature: "tool_choice",
    carried: "yes",
    how: 'As functionCallingConfig: "any" and "tool" become the mode ANY, "tool" with the function\'s name.',
  },
  { feature: "disable_parallel_tool_use", carried: "no", how: reasons.parallelToolCalls },
  {
    feature: "Tool calls and results in the history",
    carried: "yes",
    how: "As functionCall and functionResponse parts, as many responses as calls, directly after them and in the same order. A missing result is replaced by a note, a result without its call becomes text.",
  },
  { feature: "Failed tool calls (is_error)", carried: "yes", how: 'As "error" of the response instead of "output".' },
  {
    feature: "Images and PDFs in tool results",
    carried: "yes",
    how: "Inside the response; for models before Gemini 3 in a content of their own after the responses.",
  },
  searchHistoryRow,
  { feature: "Other tools of Anthropic's in the history", carried: "no", how: reasons.serverToolHistory },
  {
    feature: "Thinking: how much",
    carried: "partly",
    how: `As thinkingLevel, before Gemini 3 as thinkingBudget. ${reasons.budgetTokens} ${reasons.effortClamped} ${reasons.budgetRange} For models that do not reason: ${reasons.noReasoning}`,
  },
  {
    feature: "Thinking in the history",
    carried: "partly",
    how: `Thought signatures travel in the signature of thinking blocks and come back on the part that they came with; a call without one gets the mark that excuses it. The signature of a last text is not kept, as Gemini does not ask for it. ${reasons.thoughtSummary} ${reasons.foreignModel} ${reasons.foreignReasoning}`,
  },
  { feature: "Redacted thinking", carried: "no", how: reasons.redactedThinking },
  { feature: "max_tokens", carried: "yes", how: `As maxOutputTokens. Over the model's own: ${reasons.maxTokens}` },
  { feature: "temperature, top_p, top_k", carried: "yes", how: "As temperature, topP and topK." },
  {
    feature: "stop_sequences",
    carried: "yes",
    how: "The first five as stopSequences; the gateway enforces the others itself. Gemini does not tell which of its own it met.",
  },
  {
    feature: "Structured output (output_config.format)",
    carried: "yes",
    how: `As responseJsonSchema. Beside tools, before Gemini 3: ${reasons.formatBesideFunctions}`,
  },
  {
    feature: "A last assistant message to be continued",
    carried: "partly",
    how: "It is sent as it is, as the model's last content; the model may begin anew.",
  },
  { feature: "metadata.user_id", carried: "no", how: reasons.userId },
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
