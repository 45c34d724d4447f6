#!/usr/bin/env node
// Installs the Claude Code client that the end-to-end tests drive, and prints the path of its binary.
// The version is pinned: what the tests promise was measured against it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const version = "2.1.330";
const folder = path.resolve(import.meta.dirname, "..", ".cache", "claude-code", version);
const scope = path.join(folder, "node_modules", "@anthropic-ai");
const prefix = `claude-code-${process.platform}-${process.arch}`;

/** The native binary in the platform's own package (glibc or musl, whichever npm has chosen), or undefined. */
function installedBinary() {
  if (!existsSync(scope)) return undefined;
  const names = readdirSync(scope).filter((name) => name === prefix || name === `${prefix}-musl`);
  return names
    .flatMap((name) => ["claude", "claude.exe"].map((file) => path.join(scope, name, file)))
    .find((file) => existsSync(file));
}

function install() {
  mkdirSync(folder, { recursive: true });
  // A package.json of its own keeps npm from climbing up to the workspace's.
  writeFileSync(
    path.join(folder, "package.json"),
    `${JSON.stringify({ name: "claude-code-client", private: true })}\n`,
  );
  const { status, error } = spawnSync(
    process.platform === "win32" ? "npm.cmd" : "npm",
    ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", `@anthropic-ai/claude-code@${version}`],
    { cwd: folder, stdio: ["ignore", 2, 2], shell: process.platform === "win32" },
  );
  if (status === 0) return;
  console.error(`npm could not install @anthropic-ai/claude-code@${version}${error ? `: ${error.message}` : ""}`);
  process.exit(1);
}

if (installedBinary() === undefined) install();
const binary = installedBinary();
if (binary === undefined) {
  console.error(`Claude Code ${version} has no binary for ${process.platform}-${process.arch}`);
  process.exit(1);
}
console.log(binary);
