import { blocksOf } from "../conversation/blocks-of.ts";
import { startAtCompaction } from "../conversation/start-at-compaction.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";

/** Room for a summary, even where the client wants a short answer. */
const leastTokens = 8_192;

const usualInstructions =
  "Stop here and write a summary of this conversation. It will stand in the conversation's place, so that the work can " +
  "go on from it without loss: say what was asked for and in which words it matters, what has been done and found and " +
  "where (names, paths, values, decisions and their reasons), what went wrong, what is still open and what comes next. " +
  "Call no tool, and answer with the summary alone.";

/** The request that asks the model to sum the conversation up. It begins as the conversation does, for the prompt cache's sake. */
export function summaryRequest(request: MessagesRequest, instructions = usualInstructions): MessagesRequest {
  const { thinking: _thinking, stop_sequences: _stops, output_config: output, ...rest } = request;
  return {
    ...rest,
    messages: [...request.messages, { role: "user", content: instructions }],
    max_tokens: Math.max(request.max_tokens, leastTokens),
    ...(output?.effort && { output_config: { effort: output.effort } }),
    ...(request.tools?.length ? { tool_choice: { type: "none" } } : {}),
  };
}

/** The request that goes on from a summary. What the user said last is told in their own words once more. */
export function afterSummary(request: MessagesRequest, summary: string): MessagesRequest {
  const last = request.messages.at(-1);
  const next: Message = last !== undefined && isAsked(last) ? last : { role: "user", content: "Go on from there." };
  const compacted: Message = { role: "assistant", content: [{ type: "compaction", content: summary }] };
  return startAtCompaction({ ...request, messages: [...request.messages, compacted, next] });
}

function isAsked({ role, content }: Message): boolean {
  return role === "user" && !blocksOf(content).some(({ type }) => type === "tool_result");
}
