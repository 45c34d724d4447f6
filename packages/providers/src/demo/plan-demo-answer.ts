import type { DemoRequest, DemoTool } from "./demo-request.ts";
import { fillSchema } from "./fill-schema.ts";

/** What the demo says to one request, before it is cut into a stream. */
export interface DemoAnswer {
  readonly reasoning: string;
  readonly text: string;
  readonly toolCall: { readonly name: string; readonly arguments: string } | undefined;
  readonly finish: "stop" | "tool_calls" | "length";
}

const label = "This is Drawbridge's built-in demo, not a model.";

/** Characters that the demo counts as one token. */
export const charactersPerToken = 4;

/** Decides what the demo answers: JSON where a schema asks for it, a tool call to a prompt, text to a tool's result. */
export function planDemoAnswer(request: DemoRequest): DemoAnswer {
  if (request.schema !== undefined) return limited(structured(request), request.maxTokens);
  if (request.toolResults.length > 0 && request.forced === undefined) {
    return limited(report(request.toolResults), request.maxTokens);
  }
  const call = chooseCall(request);
  return limited(call === undefined ? greeting(request) : calling(call), request.maxTokens);
}

function structured({ schema }: DemoRequest): DemoAnswer {
  const value = fillSchema(schema, "Drawbridge demo");
  return { reasoning: "", text: JSON.stringify(value ?? {}), toolCall: undefined, finish: "stop" };
}

function report(results: readonly string[]): DemoAnswer {
  const [result = ""] = results;
  const shown = result.length > 600 ? `${result.slice(0, 600)} …` : result;
  return {
    reasoning: "The tool has answered. I pass on what it said, so that the way back is seen as well.",
    text:
      `${label}\n\nThe tool ran and gave back:\n\n\`\`\`\n${shown.trim()}\n\`\`\`\n\n` +
      "So prompts, thinking, tool calls and tool results all travel through the gateway. " +
      "Configure a provider to put a real model in my place.",
    toolCall: undefined,
    finish: "stop",
  };
}

function calling(toolCall: { readonly name: string; readonly arguments: string }): DemoAnswer {
  return {
    reasoning: `The client offers tools. I call ${toolCall.name} with something harmless to show that tools run.`,
    text: `${label} I call the tool ${toolCall.name} to show that tools work.`,
    toolCall,
    finish: "tool_calls",
  };
}

function greeting({ prompt }: DemoRequest): DemoAnswer {
  const seen = prompt.length > 80 ? `${prompt.slice(0, 80)} …` : prompt;
  const echo = seen === "" ? "" : ` You wrote: “${seen}”.`;
  return {
    reasoning: "There is no model here to think with. I say so, and show that thinking is streamed too.",
    text:
      `${label}${echo} Your request went from the client through the gateway, was translated, ` +
      "and this answer came back the same way. Configure a provider to put a real model in my place.",
    toolCall: undefined,
    finish: "stop",
  };
}

/** Cuts an answer at the client's limit, as a model would. */
function limited(answer: DemoAnswer, maxTokens: number): DemoAnswer {
  const room = maxTokens * charactersPerToken;
  const size = answer.reasoning.length + answer.text.length + (answer.toolCall?.arguments.length ?? 0);
  if (size <= room) return answer;
  return { reasoning: "", text: answer.text.slice(0, room), toolCall: undefined, finish: "length" };
}

interface ToolCall {
  readonly name: string;
  readonly arguments: string;
}

/** Tools of Claude Code and of many other agents, with arguments that change nothing; the best first. */
const harmless: readonly { readonly name: string; readonly input: Readonly<Record<string, string>> }[] = [
  {
    name: "Bash",
    input: { command: 'echo "Hello from the Drawbridge demo"', description: "Print a greeting from the demo" },
  },
  { name: "LS", input: { path: "." } },
  { name: "Glob", input: { pattern: "*" } },
  { name: "Read", input: { file_path: "README.md" } },
];

const readsOnly = /^(mcp__.*__)?(list|get|read|show|search|find|status|echo|ping|version|glob|grep|ls)/i;

function chooseCall({ tools, forced, prompt }: DemoRequest): ToolCall | undefined {
  if (forced === "none" || tools.length === 0) return undefined;
  if (forced === undefined && asksForText(prompt)) return undefined;
  if (typeof forced === "object") return callTo(tools.filter((tool) => tool.name === forced.tool));
  const call = knownCall(tools) ?? callTo(tools.filter((tool) => readsOnly.test(tool.name)));
  return call ?? (forced === "any" ? callTo(tools) : undefined);
}

/** Claude Code's compaction offers all tools and forbids their use in words. */
function asksForText(prompt: string): boolean {
  return /TEXT ONLY|do not (call|use) any tools/i.test(prompt);
}

function knownCall(tools: readonly DemoTool[]): ToolCall | undefined {
  const names = new Set(tools.map((tool) => tool.name));
  const known = harmless.find(({ name }) => names.has(name));
  return known === undefined ? undefined : { name: known.name, arguments: JSON.stringify(known.input) };
}

function callTo(tools: readonly DemoTool[]): ToolCall | undefined {
  const known = knownCall(tools);
  if (known !== undefined) return known;
  for (const { name, schema } of tools) {
    const input = fillSchema(schema, "Drawbridge demo");
    if (input !== undefined) return { name, arguments: JSON.stringify(input) };
  }
  return undefined;
}
