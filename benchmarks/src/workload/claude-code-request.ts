import { filler } from "./filler.ts";

/** What kind of request Claude Code is to have sent. */
export interface RequestShape {
  readonly model: string;
  readonly stream: boolean;
  /** Tool turns that the session has behind it: file reads and pairs of small edits in turn. */
  readonly turns: number;
  /** Size of the body, reached by filling the environment message; a larger session stays larger. */
  readonly bytes: number;
}

// The tools of a first request, and their sizes on the wire in bytes.
const toolSizes: readonly (readonly [name: string, bytes: number])[] = [
  ["Agent", 5244],
  ["Workflow", 5688],
  ["ScheduleWakeup", 4886],
  ["Bash", 3892],
  ["ReportFindings", 2418],
  ["ListAgents", 1963],
  ["Read", 1919],
  ["Skill", 1803],
  ["ToolSearch", 1439],
  ["Edit", 964],
  ["Write", 639],
];

const inputSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    file_path: { description: "The absolute path to the file", type: "string" },
    limit: { description: "The number of lines", type: "integer", exclusiveMinimum: 0, maximum: 9007199254740991 },
    mode: { anyOf: [{ type: "string", enum: ["text", "binary"] }, { type: "null" }], default: "text" },
  },
  required: ["file_path"],
  additionalProperties: false,
};

const cacheControl = { type: "ephemeral" };

function tools(): unknown[] {
  const schemaBytes = JSON.stringify(inputSchema).length;
  const described = toolSizes.map(([name, bytes]) => ({
    name,
    description: filler(Math.max(40, Math.floor((bytes - schemaBytes) * 0.93))),
    input_schema: inputSchema,
  }));
  const placeholder = {
    name: "DeferredToolPlaceholder",
    description: "Never call this.",
    input_schema: { type: "object", properties: {} },
    defer_loading: true,
  };
  return [...described, placeholder];
}

function systemBlocks(): unknown[] {
  return [
    { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330.f00; cc_entrypoint=cli;" },
    {
      type: "text",
      text: "You are Claude Code, Anthropic's official CLI for Claude.",
      cache_control: cacheControl,
    },
    { type: "text", text: filler(6_900), cache_control: cacheControl },
  ];
}

function readTurn(turn: number): unknown[] {
  const id = `toolu_${turn.toString().padStart(24, "0")}`;
  return [
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "", signature: "c2lnbmF0dXJl".repeat(12) },
        { type: "text", text: "Let me read the module first." },
        { type: "tool_use", id, name: "Read", input: { file_path: `/home/ada/app/src/module-${turn}.ts` } },
      ],
    },
    { role: "user", content: [{ tool_use_id: id, type: "tool_result", content: filler(7_800) }] },
  ];
}

function editTurn(turn: number): unknown[] {
  const first = `toolu_a${turn.toString().padStart(23, "0")}`;
  const second = `toolu_b${turn.toString().padStart(23, "0")}`;
  const input = { file_path: "/home/ada/app/src/total.ts", old_string: filler(60), new_string: filler(80) };
  return [
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "", signature: "c2lnbmF0dXJl".repeat(6) },
        { type: "tool_use", id: first, name: "Edit", input },
        { type: "tool_use", id: second, name: "Bash", input: { command: "pnpm test", description: "Run the tests" } },
      ],
    },
    {
      role: "user",
      content: [
        { tool_use_id: second, type: "tool_result", content: filler(620), is_error: false },
        { tool_use_id: first, type: "tool_result", content: "The file has been updated." },
      ],
    },
  ];
}

function body(shape: RequestShape, environment: string): unknown {
  const history = Array.from({ length: shape.turns }, (_, turn) => (turn % 2 === 0 ? readTurn(turn) : editTurn(turn)));
  return {
    model: shape.model,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: filler(560) },
          { type: "text", text: "work through the modules" },
        ],
      },
      { role: "system", content: `# Environment\n${environment}` },
      ...history.flat(),
    ],
    system: systemBlocks(),
    tools: tools(),
    metadata: {
      user_id: `{"device_id":"${"d".repeat(64)}","account_uuid":"","session_id":"00000000-0000-4000-8000-000000000001"}`,
    },
    max_tokens: 32_000,
    thinking: { type: "adaptive", display: "omitted" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    output_config: { effort: "medium" },
    stream: shape.stream,
  };
}

/** A main request in the structure, key order and proportions that Claude Code sends. */
export function claudeCodeRequest(shape: RequestShape): Uint8Array {
  const encoder = new TextEncoder();
  const size = (environment: string): number => encoder.encode(JSON.stringify(body(shape, environment))).length;
  const missing = shape.bytes - size("");
  if (missing <= 0) return encoder.encode(JSON.stringify(body(shape, "")));
  // Escapes and multi-byte characters make the filler longer on the wire than its length; scale by what was seen.
  const probe = filler(missing);
  const perUnit = (size(probe) - size("")) / probe.length;
  return encoder.encode(JSON.stringify(body(shape, filler(Math.floor(missing / perUnit)))));
}

/** The least a client sends: one short question. */
export function smallRequest(shape: Pick<RequestShape, "model" | "stream">): Uint8Array {
  const messages = [{ role: "user", content: "Say hello." }];
  return new TextEncoder().encode(
    JSON.stringify({ model: shape.model, messages, max_tokens: 1024, stream: shape.stream }),
  );
}
