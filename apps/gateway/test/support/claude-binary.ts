import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const cache = path.resolve(import.meta.dirname, "../../../../.cache/claude-code");

/** What to say when the client is missing. */
export const installHint = "run `node scripts/install-claude-code.mjs`, or set CLAUDE_CODE_BIN";

/**
 * Path of the Claude Code binary: `CLAUDE_CODE_BIN`, else what `scripts/install-claude-code.mjs` has put into
 * the cache. Undefined when there is none; throws in CI, where a missing client is a failure.
 */
export function claudeBinary(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const binary = env["CLAUDE_CODE_BIN"] ?? cachedBinaries().at(-1);
  if (binary !== undefined && existsSync(binary)) return binary;
  if (env["CI"] === "true") throw new Error(`Claude Code is not installed: ${installHint}`);
  return undefined;
}

function cachedBinaries(): string[] {
  const prefix = `claude-code-${process.platform}-${process.arch}`;
  return namesIn(cache).flatMap((version) => {
    const scope = path.join(cache, version, "node_modules", "@anthropic-ai");
    return namesIn(scope)
      .filter((name) => name === prefix || name === `${prefix}-musl`)
      .flatMap((name) => ["claude", "claude.exe"].map((file) => path.join(scope, name, file)))
      .filter((file) => existsSync(file));
  });
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
