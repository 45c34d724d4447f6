import { openScenario } from "/work/main/apps/gateway/test/support/scenario.ts";
import { chatRequest, toolResults } from "/work/main/apps/gateway/test/support/chat-request.ts";
await using scenario = await openScenario({
  script: ({ assistantTurns }) => {
    switch (assistantTurns) {
      case 0: return { toolCalls: [{ name: "ToolSearch", input: { query: "select:WebSearch", max_results: 1 } }] };
      case 1: return { toolCalls: [{ name: "WebSearch", id: "call_web", input: { query: "heron" } }] };
      default: return { text: "I cannot search." };
    }
  },
});
await scenario.claude("Search for herons.", { args: ["--allowedTools", "WebSearch", "ToolSearch"] });
for (const c of scenario.upstream.calls) console.log(c.assistantTurns, c.raw.length, toolResults(chatRequest(c)));
console.log(scenario.gateway.output());
