import { describe } from "vitest";
import { claudeBinary, installHint } from "./claude-binary.ts";

/** Groups tests that need the real Claude Code; where it is missing they are skipped, and the name says what to run. */
export function describeClaude(name: string, tests: () => void): void {
  if (claudeBinary() === undefined) describe.skip(`${name} (Claude Code is not installed: ${installHint})`, tests);
  else describe(name, { timeout: 60_000 }, tests);
}
