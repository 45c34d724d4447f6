// A stdio MCP server with two tools, for Claude Code to find by tool search and to call.
import { createInterface } from "node:readline";

interface Call {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string; readonly name?: string; readonly arguments?: unknown };
}

const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[]): unknown => ({
  type: "object",
  properties,
  required,
});

const tools = [
  {
    name: "tide_table",
    description: "Says when the tide is high in a harbour.",
    inputSchema: object({ harbour: { type: "string", description: "Name of the harbour" } }, ["harbour"]),
  },
  {
    name: "raise_bridge",
    description: "Raises the drawbridge for a ship.",
    inputSchema: object({ ship: { type: "string" } }, ["ship"]),
  },
];

function answer({ method, params }: Call): unknown {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params?.protocolVersion ?? "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "harbour", version: "1.0.0" },
      };
    case "tools/list":
      return { tools };
    case "tools/call":
      return {
        content: [{ type: "text", text: `${params?.name} ${JSON.stringify(params?.arguments)}: high at 06:42` }],
      };
    default:
      return {};
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as Call;
  if (call.id !== undefined) {
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: call.id, result: answer(call) })}\n`);
  }
}
