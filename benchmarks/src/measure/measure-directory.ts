import {
  authorize,
  type Directory,
  type DirectoryRules,
  compileRules,
  createRouteTable,
  decideRoute,
  memoryDirectoryStore,
  type RequestFacts,
  storedDirectories,
} from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import type { LoopCost } from "./measure-in-process.ts";
import { spreadOf } from "./statistics.ts";

const keyCount = 10_000;
const requestsOfRound = 2_000;

const hasher = hmacKeyHasher(new Uint8Array(32).fill(7));
const routes = createRouteTable({
  models: Array.from({ length: 100 }, (_, index) => ({
    match: `claude-${index}-*`,
    chain: [{ targets: [{ target: "openai/gpt-5" }, { target: "gpu/qwen3-coder" }] }],
  })),
  providers: ["openai", "gpu"].map((name) => ({ name, knows: () => false })),
});

/** A hundred rules of which none holds, so that all are asked. */
const conditions: readonly ((at: number) => string)[] = [
  (at) => `tier == "opus" && budget.month > 0.${at + 10}`,
  (at) => `agent == "subagent" && team == "team-${at}"`,
  () => "toolCount == 0 && !thinking && inputTokens < 2000",
  (at) => `customer in ["acme-${at}", "globex-${at}"]`,
  (at) => `model.glob("claude-opus-${at}-*")`,
  (at) => `headers["x-project"] == "project-${at}"`,
  (at) => `toolNames.exists(t, t.startsWith("mcp__server-${at}__"))`,
  (at) => `time.weekday in ["sat", "sun"] && tags["centre"] == "${at}"`,
  (at) => `images && stream && maxTokens > ${64_000 + at}`,
  (at) => `key.startsWith("robot-${at}")`,
];
const rules = compileRules(
  Array.from({ length: 100 }, (_, index) => ({
    name: `rule ${index}`,
    when: conditions[index % conditions.length]?.(index) ?? "false",
    route: [{ targets: [{ target: "gpu/qwen3-coder" }] }],
  })),
  { routes, timeZone: "Europe/Berlin" },
);

/** A request of Claude Code's main loop. */
const request: RequestFacts = {
  modelAsked: "claude-99-large",
  endpoint: "messages",
  stream: true,
  maxTokens: 32_000,
  inputTokens: 14_000,
  toolNames: ["Agent", "AskUserQuestion", "Bash", "Edit", "ListAgents", "Read", "ReportFindings", "Skill", "Write"],
  thinking: true,
  images: false,
  agent: "main",
  sessionId: "0a1b2c3d",
  headers: { "user-agent": "claude-cli/2.1.330 (external, cli)", "x-app": "cli" },
  address: "10.1.2.3",
};

function tokenOf(index: number): string {
  return `sk-db-${String(index).padStart(32, "0")}`;
}

/** Customers of ten teams, of ten users, of ten keys each, with limits and a policy on every level. */
function rulesOf(count: number): DirectoryRules {
  const level = {
    limits: [{ of: "requests", amount: 1e6, window: { kind: "rolling", ms: 60_000 } }],
    policy: { models: { deny: ["*-preview"] } },
  } as const;
  const few = (share: number): number[] => [...Array(Math.ceil(count / share)).keys()];
  return {
    customers: few(1_000).map((index) => ({ name: `customer-${index}`, ...level })),
    teams: few(100).map((index) => ({
      name: `team-${index}`,
      customer: `customer-${Math.floor(index / 10)}`,
      ...level,
    })),
    users: few(10).map((index) => ({ name: `user-${index}`, team: `team-${Math.floor(index / 10)}`, ...level })),
    keys: few(1).map((index) => ({
      name: `key-${index}`,
      user: `user-${Math.floor(index / 10)}`,
      digest: hasher.digest(tokenOf(index)),
      addresses: ["10.0.0.0/8"],
      policy: level.policy,
    })),
  };
}

/** What it costs to find out who asks, whether they may, and where it goes, with keys used evenly and rules of which none holds; in process. */
export async function measureDirectory(repeats: number): Promise<LoopCost[]> {
  const store = memoryDirectoryStore({ clock: () => Date.now() });
  await store.applyFile("the benchmark", { directory: rulesOf(keyCount), rules: [] });
  const directory = storedDirectories({ hasher })((await store.load()).entries);
  const tokens = Array.from({ length: keyCount }, (_, index) => tokenOf(index));
  const from = { address: "::ffff:10.1.2.3", atMs: Date.now() };
  const micros: number[] = [];
  for (const token of tokens) admit(directory, token, from);
  for (let round = -repeats; round < repeats; round++) {
    const start = performance.now();
    for (let count = 0; count < requestsOfRound; count++) {
      admit(directory, tokens[(count * 7 + round * 13 + keyCount) % keyCount] ?? "", from);
    }
    if (round >= 0) micros.push(((performance.now() - start) * 1000) / requestsOfRound);
  }
  const name = "authenticate, authorize and route: 10,000 keys, 100 rules, 100 routes";
  return [{ name, unit: "a request", micros: spreadOf(micros) }];
}

function admit(directory: Directory, token: string, from: Parameters<Directory["authenticate"]>[1]): void {
  const who = directory.authenticate([token], from);
  if (!who.allowed) throw new Error(who.reason);
  const may = authorize(who.value, { endpoint: "messages" });
  const where = decideRoute({ routes, rules }, { request, principal: who.value, atMs: from.atMs });
  if (!may.allowed || !where.ok || where.ruling?.held.length !== 0)
    throw new Error("a request of the measurement was refused");
}
