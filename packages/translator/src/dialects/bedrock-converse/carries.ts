import { contextManagementRow, type CarryRow } from "../carries.ts";
import { loneSearchRow, searchHere, searchHistoryRow } from "../search-rows.ts";
import { reasons } from "./reasons.ts";

/** What becomes of each feature of the Messages API in Converse. The documentation prints this table. */
export const converseCarries: readonly CarryRow[] = [
  { feature: "System prompt", carried: "yes", how: "As system blocks, one for each." },
  { feature: "Claude Code's billing line at the head of the system prompt", carried: "no", how: reasons.billingLine },
  {
    feature: "System messages in mid-conversation",
    carried: "yes",
    how: "In their place, within a user message and in <system-reminder> tags; after the results when they stand between a tool call and its results.",
  },
  {
    feature: "Text",
    carried: "yes",
    how: "As text blocks. Blank text is left out, and neighbouring messages of one role become one, as Amazon Bedrock wants the roles to alternate.",
  },
  { feature: "Citations in text", carried: "no", how: reasons.citationsInText },
  {
    feature: "Prompt cache markers (cache_control)",
    carried: "partly",
    how: `As cache points after what is marked, an hour included, for Claude; for Nova in the system prompt and in messages. Within tool results: ${reasons.cacheInResult} Over four: ${reasons.cacheCount} Elsewhere: ${reasons.cacheControl}`,
  },
  {
    feature: "Images",
    carried: "partly",
    how: `As image blocks, with the format that their bytes tell. For models without vision: ${reasons.noVision} By address: ${reasons.imageUrl} Of other types: ${reasons.imageType}`,
  },
  {
    feature: "PDFs",
    carried: "partly",
    how: `As document blocks, each under a name of its own, with a text beside them. Where none are taken: ${reasons.noFiles} By address: ${reasons.documentUrl}`,
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
    how: "As toolSpec. Schemas lose $schema and always have an object with properties at their root. Names that are too long or hold other characters than letters, digits, _ and - are mapped by a hash and read back in answers. A conversation with earlier calls and no tools gets a stand-in, as Amazon Bedrock refuses it otherwise.",
  },
  {
    feature: "Tools that Anthropic defines and the client runs (bash, text editor, memory, computer)",
    carried: "yes",
    how: "As tools with their documented schema.",
  },
  {
    feature: "Other tools that Anthropic runs (web fetch, code execution, …)",
    carried: "no",
    how: reasons.serverTool,
  },
  { feature: "Web search (web_search_20250305 and later)", carried: "partly", how: searchHere },
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
  { feature: "Strict tools", carried: "partly", how: `For Claude since 4.5. Elsewhere: ${reasons.strictTool}` },
  { feature: "input_examples", carried: "no", how: reasons.inputExamples },
  { feature: "allowed_callers", carried: "no", how: reasons.allowedCallers },
  { feature: "eager_input_streaming", carried: "no", how: reasons.eagerInputStreaming },
  {
    feature: "tool_choice",
    carried: "yes",
    how: `In the forms that the model takes. For "none": ${reasons.toolChoiceNone} Where a call cannot be forced: ${reasons.toolChoiceForced}`,
  },
  { feature: "disable_parallel_tool_use", carried: "no", how: reasons.parallelToolCalls },
  {
    feature: "Tool calls and results in the history",
    carried: "yes",
    how: "The results directly after their calls, in one message and in the same order. A missing result is replaced by a note, a result without its call becomes text, and ids that come twice or that are refused are mapped.",
  },
  {
    feature: "Failed tool calls (is_error)",
    carried: "yes",
    how: 'As the status "error" for Claude and Nova; elsewhere the result begins with "Error".',
  },
  {
    feature: "Images and PDFs in tool results",
    carried: "yes",
    how: "Within the result. Images that stand as JSON or as a data URL in a text are lifted out of it.",
  },
  searchHistoryRow,
  { feature: "Other tools of Anthropic's in the history", carried: "no", how: reasons.serverToolHistory },
  {
    feature: "Thinking: how much",
    carried: "partly",
    how: `For Claude as it is, or as budget or effort where the model has only the other one; elsewhere as the model's own effort. ${reasons.effortClamped} ${reasons.thinkingAndForcedTool} For models that have no setting: ${reasons.noReasoning}`,
  },
  {
    feature: "Thinking in the history",
    carried: "partly",
    how: `Claude's own goes back as it came, signature included. Signed or encrypted reasoning of GPT and Grok goes back to the model that wrote it. Else: ${reasons.foreignReasoning} ${reasons.unsigned}`,
  },
  {
    feature: "Redacted thinking",
    carried: "partly",
    how: `Claude's own goes back as it came. Else: ${reasons.foreignReasoning}`,
  },
  { feature: "max_tokens", carried: "yes", how: "As maxTokens." },
  {
    feature: "temperature, top_p",
    carried: "partly",
    how: `${reasons.samplingAndThinking} For newer Claude: ${reasons.oneOfTwo} For models that reason before they answer: ${reasons.sampling}`,
  },
  {
    feature: "top_k",
    carried: "partly",
    how: `For Claude and Nova, as a field of the model's own. Elsewhere: ${reasons.topK}`,
  },
  {
    feature: "stop_sequences",
    carried: "yes",
    how: "As stopSequences, and watched for by the gateway as well, for models that pass over them.",
  },
  {
    feature: "Structured output (output_config.format)",
    carried: "partly",
    how: `As outputConfig.textFormat. Where there is none: ${reasons.structuredOutput}`,
  },
  {
    feature: "A last assistant message to be continued",
    carried: "partly",
    how: `For Claude before 4.6 and Nova. Elsewhere: ${reasons.prefill}`,
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
