import { endpoints } from "../policy/policy.ts";
import { budgetParts } from "./budget-use.ts";
import { weekdays } from "./clock-time.ts";
import type { Compiled, CompiledValue } from "./compiled.ts";
import { type Facts, longestText, longestToolName, mostToolNames, secretHeaders } from "./facts.ts";

/** One value that conditions can ask for. */
interface Value {
  /** As CEL writes it. */
  readonly type: string;
  /** What it says, for people; Markdown. */
  readonly meaning: string;
  /** All that it can be, where that is a fixed choice. */
  readonly values?: readonly string[] | undefined;
  readonly compiled: CompiledValue;
}

/** Something that conditions can ask for by name. */
export interface Variable extends Omit<Value, "compiled"> {
  /** The values below it, of a `record`. */
  readonly fields?: Readonly<Record<string, Value>>;
  readonly compiled: Compiled;
}

/** The tiers that a model can be of. */
export const tierNames: readonly string[] = ["opus", "sonnet", "haiku", "fable", "other"];

/** The list of models is not routed. */
const asked = endpoints.filter((endpoint) => endpoint !== "models");

/** All variables of conditions, in the order in which people read about them. */
export const variables: Readonly<Record<string, Variable>> = {
  model: text("the model asked for, without alias prefix and `[1m]`", (facts) => facts.model),
  tier: text("what Claude Code takes the model for", (facts) => facts.tier, tierNames),
  endpoint: text("the kind of call", (facts) => facts.endpoint, asked),
  agent: text("Claude Code's own loop, or one of its subagents", (facts) => facts.agent, ["main", "subagent"]),
  inputTokens: whole("about how many tokens the model reads", (facts) => facts.inputTokens),
  maxTokens: whole("`max_tokens`; 0 when the request does not say", (facts) => facts.maxTokens),
  stream: bool("whether the answer is streamed", (facts) => facts.stream),
  thinking: bool("whether thinking is on", (facts) => facts.thinking),
  images: bool("whether there are images", (facts) => facts.images),
  toolCount: whole("how many tools are offered", (facts) => facts.toolCount),
  toolNames: {
    type: "list<string>",
    meaning: `their names; the first ${mostToolNames} count`,
    compiled: {
      type: "list",
      of: "string",
      run: (facts) => facts.toolNames,
      cost: 1,
      canFail: false,
      count: mostToolNames,
      length: longestToolName,
    },
  },
  headers: {
    type: "map<string, string>",
    meaning: "the request's headers by name; one that is missing is empty, and those that hold secrets are not shown",
    compiled: {
      type: "map",
      name: "headers",
      get: (facts, key) => facts.header(key),
      has: (facts, key) => facts.hasHeader(key),
      canonical: (key) => key.toLowerCase(),
      problem: (key) =>
        secretHeaders.has(key.toLowerCase()) ? "may hold a secret, so rules do not see it" : undefined,
    },
  },
  session: text("Claude Code's session; empty for clients without", (facts) => facts.session),
  address: text("the address of the client", (facts) => facts.address),
  key: text("the name of the key", (facts) => facts.key),
  user: text("whose key it is; empty for a key of nobody's", (facts) => facts.user),
  team: text("the team; empty without", (facts) => facts.team),
  customer: text("the customer; empty without", (facts) => facts.customer),
  tags: {
    type: "map<string, string>",
    meaning: "the tags of the key by name; one that is missing is empty",
    compiled: {
      type: "map",
      name: "tags",
      get: (facts, key) => facts.tag(key),
      has: (facts, key) => facts.hasTag(key),
      canonical: (key) => key,
      problem: () => undefined,
    },
  },
  budget: record(
    "budget",
    "how far budgets in US dollars are used: 0.0 unused or none there, 1.0 all, or beyond",
    Object.fromEntries(budgetParts.map(([part, over]) => [part, real(over, (facts) => facts.budget[part])])),
  ),
  time: record("time", "what the clocks show", {
    hour: whole("0 to 23", (facts) => facts.time.hour),
    minute: whole("0 to 59", (facts) => facts.time.minute),
    weekday: text("the day of the week", (facts) => facts.time.weekday, weekdays),
    date: text("like `2026-11-29`", (facts) => facts.time.date),
  }),
};

/** Variables that take the whole request, or all limits, to be found: what nobody asks for is not found. */
export const costlyVariables: ReadonlySet<string> = new Set([
  "agent",
  "inputTokens",
  "thinking",
  "images",
  "toolCount",
  "toolNames",
  "budget",
]);

function text(meaning: string, run: (facts: Facts) => string, values?: readonly string[]): Value {
  const compiled = { type: "string", run, cost: 1, canFail: false, length: longestText, values } as const;
  return { type: "string", meaning, values, compiled };
}

function whole(meaning: string, run: (facts: Facts) => number): Value {
  return { type: "int", meaning, compiled: { type: "int", run, cost: 1, canFail: false } };
}

function real(meaning: string, run: (facts: Facts) => number): Value {
  return { type: "double", meaning, compiled: { type: "double", run, cost: 1, canFail: false } };
}

function bool(meaning: string, run: (facts: Facts) => boolean): Value {
  return { type: "bool", meaning, compiled: { type: "bool", run, cost: 1, canFail: false } };
}

function record(name: string, meaning: string, fields: Readonly<Record<string, Value>>): Variable {
  const compiled = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.compiled]));
  return { type: "record", meaning, fields, compiled: { type: "record", name, fields: compiled } };
}
