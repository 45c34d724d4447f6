import type { ScriptedAnswer } from "./scripted-answer.ts";

/** The answer as an OpenAI-compatible server streams it. Source: `ChatCompletionChunk` in openai-node. */
export function chatStream({ thinking, text, tool }: ScriptedAnswer): string[] {
  const chunk = (rest: object): string =>
    frame({
      id: "chatcmpl-CVNrQyJ8b6n1Zr0kTq3mD5sWx2Ahf",
      object: "chat.completion.chunk",
      created: 1_790_000_000,
      model: "qwen3-coder",
      system_fingerprint: "fp_560af6e559",
      ...rest,
    });
  const delta = (fields: object, finish: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: finish }] });
  const { id, name } = tool;
  const call = { index: 0, id, type: "function", function: { name, arguments: "" } };
  return [
    delta({ role: "assistant", content: "" }),
    ...thinking.map((piece) => delta({ reasoning_content: piece })),
    ...text.map((piece) => delta({ content: piece })),
    delta({ tool_calls: [call] }),
    ...tool.input.map((piece) => delta({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    delta({}, "tool_calls"),
    chunk({ choices: [], usage: { prompt_tokens: 12_200, completion_tokens: 1_450, total_tokens: 13_650 } }),
    "data: [DONE]\n\n",
  ];
}

function frame(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
