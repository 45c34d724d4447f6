import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { chatRequest, textOf, textOfAll, toolResults } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { openScenario } from "../support/scenario.ts";

const summary = "<analysis>All was read.</analysis><summary>The bird in the file is a heron.</summary>";
const overflows = [
  {
    server: "vLLM",
    message:
      "This model's maximum context length is 32768 tokens. However, you requested 41211 tokens (33019 in the messages, " +
      "8192 in the completion). Please reduce the length of the messages or completion.",
    type: "BadRequestError",
    code: 400,
  },
  {
    server: "OpenAI",
    message:
      "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 273114 tokens. " +
      "Please reduce the length of the messages.",
    type: "invalid_request_error",
    code: "context_length_exceeded",
  },
  {
    server: "llama.cpp",
    message: "the request exceeds the available context size (8192 tokens), try increasing it",
    type: "exceed_context_size_error",
    code: 400,
  },
] as const;

describeClaude("a long Claude Code session", () => {
  test("lasts twenty turns of reads and edits", async () => {
    const turns = 20;
    await using scenario = await openScenario({
      files: { "log.txt": `${"a line of the log that is being edited\n".repeat(200)}turn 0\n` },
      script: ({ assistantTurns }) => {
        if (assistantTurns >= turns) return { text: "Twenty turns done." };
        const file_path = scenario.file("log.txt");
        const step = Math.floor(assistantTurns / 2);
        return assistantTurns % 2 === 0
          ? { thinking: `Reading for step ${step}.`, toolCalls: [{ name: "Read", input: { file_path, offset: 195 } }] }
          : {
              toolCalls: [
                { name: "Edit", input: { file_path, old_string: `turn ${step}\n`, new_string: `turn ${step + 1}\n` } },
              ],
            };
      },
    });
    const { result } = await scenario.claude("Count to ten in the log.", { args: ["--allowedTools", "Read", "Edit"] });

    expect(result).toMatchObject({ is_error: false, result: "Twenty turns done.", num_turns: turns + 1 });
    expect(await readFile(scenario.file("log.txt"), "utf8")).toMatch(/\nturn 10\n$/);
    const { calls } = scenario.upstream;
    expect(calls.map((call) => call.assistantTurns)).toEqual(Array.from({ length: turns + 1 }, (_, turn) => turn));
    expect(Object.keys(toolResults(chatRequest(calls.at(-1))))).toHaveLength(turns);
  });

  test("keeps the beginning of the prompt the same from turn to turn, so that a prefix cache serves it", async () => {
    await using scenario = await openScenario({
      files: { "in.txt": "heron\n" },
      script: ({ assistantTurns }) =>
        assistantTurns < 4
          ? { toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt"), limit: assistantTurns + 1 } }] }
          : { text: "Done." },
    });
    await scenario.claude("Read it four times.", { args: ["--allowedTools", "Read"] });

    const requests = scenario.upstream.calls.map(chatRequest);
    expect(requests).toHaveLength(5);
    for (const [at, request] of requests.slice(1).entries()) {
      const before = requests[at];
      expect(request.tools).toEqual(before?.tools);
      expect(request.messages.slice(0, before?.messages.length)).toEqual(before?.messages);
    }
  });

  test.each(overflows)(
    "compacts when $server says that the context is full, and goes on",
    async ({ message, type, code }) => {
      let refused = 0;
      await using scenario = await openScenario({
        files: { "in.txt": "heron\n" },
        script: (seen) => {
          const request = chatRequest(seen);
          const last = request.messages.at(-1);
          if (last !== undefined && textOf(last).includes("Respond with TEXT ONLY")) return { text: summary };
          if (textOfAll(request).includes("The bird in the file is a heron")) return { text: "Still a heron." };
          if (seen.assistantTurns < 3) {
            return { toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }] };
          }
          refused += 1;
          return { fault: { kind: "http-error", status: 400, message, type, code } };
        },
      });
      const { result, events } = await scenario.claude("Which bird?", { args: ["--allowedTools", "Read"] });

      expect(result).toMatchObject({ is_error: false, result: "Still a heron." });
      expect(events.some((event) => event.subtype === "compact_boundary")).toBe(true);
      expect(refused).toBe(1);
      // Three turns, the refusal, the compaction, and the turn after it.
      expect(scenario.upstream.calls).toHaveLength(6);
    },
  );

  test("never hears of an output limit that the gateway can lower by itself", async () => {
    const room = 9_000;
    await using scenario = await openScenario({
      script: ({ body }) => {
        const asked = Number((body as { max_tokens?: number }).max_tokens);
        if (asked <= room) return { text: `At most ${room} tokens.` };
        const message =
          `This model's maximum context length is 32768 tokens. However, you requested ${asked + 23_768} tokens ` +
          `(23768 in the messages, ${asked} in the completion). Please reduce the length of the messages or completion.`;
        return { fault: { kind: "http-error", status: 400, message, type: "BadRequestError", code: 400 } };
      },
    });
    const { result, events } = await scenario.claude("Hello?");

    expect(result).toMatchObject({ is_error: false, result: "At most 9000 tokens." });
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    expect(scenario.gateway.exchanges()).toHaveLength(1);
    expect(scenario.upstream.calls).toHaveLength(2);
  });
});
