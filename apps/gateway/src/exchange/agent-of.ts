import type { Agent } from "@drawbridge/governance";
import type { RequestContent } from "@drawbridge/translator";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether one of Claude Code's subagents asks. Claude Code sends `x-claude-code-agent-id` with requests of subagents and
 * with no other (seen in 2.1.330), and names them in the billing line of the system prompt, which one may switch off.
 * Other clients, and versions that do neither, count as the main loop; a client can claim to be either.
 */
export function agentOf(headers: IncomingHttpHeaders, content: Pick<RequestContent, "saysSubagent">): Agent {
  const named = headers["x-claude-code-agent-id"] !== undefined;
  return named || content.saysSubagent ? "subagent" : "main";
}
