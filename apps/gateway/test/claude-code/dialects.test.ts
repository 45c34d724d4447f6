import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { openScenario } from "../support/scenario.ts";
import { upstreamDialects } from "../support/sdk/upstream-dialects.ts";

describeClaude("Claude Code on each dialect", () => {
  test.each(upstreamDialects)(
    "reads two files side by side and writes a third over $dialect",
    async ({ dialect, model }) => {
      await using scenario = await openScenario({
        files: { "heron.txt": "this is the heron\n", "crane.txt": "this is the crane\n" },
        models: [model],
        provider: { kind: dialect },
        config: { models: [{ match: "claude-*", target: `gpu/${model}` }] },
        script: ({ assistantTurns }) => {
          const read = (name: string): object => ({ file_path: scenario.file(name) });
          switch (assistantTurns) {
            case 0:
              return {
                thinking: "Both files will tell.",
                text: "I look first.",
                toolCalls: ["heron.txt", "crane.txt"].map((name) => ({ name: "Read", input: read(name) })),
              };
            case 1:
              return { toolCalls: [{ name: "Write", input: { ...read("out.txt"), content: "heron\n“ö”\n" } }] };
            default:
              return { thinking: "It is done.", text: "Done." };
          }
        },
      });
      const { result, events } = await scenario.claude("Write the first bird down.", {
        args: ["--allowedTools", "Read", "Write"],
      });

      expect(result).toMatchObject({ is_error: false, result: "Done.", num_turns: 4 });
      expect(await readFile(scenario.file("out.txt"), "utf8")).toBe("heron\n“ö”\n");
      expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
      const { calls } = scenario.upstream;
      expect(calls.map((call) => [call.dialect, call.model])).toEqual(
        Array.from({ length: 3 }, () => [dialect, model]),
      );
      const told = JSON.stringify(calls[1]?.body);
      for (const bird of ["heron", "crane"]) expect(told).toContain(`this is the ${bird}`);
      expect(JSON.stringify(calls[2]?.body)).toContain("out.txt");
    },
  );
});
