import { flatName } from "../clients/openai-responses/tool-names.ts";
import type { Dropped, Span } from "../dialects/dialect.ts";
import { isRecord } from "../json/is-record.ts";
import { JsonScanner } from "../json/json-scanner.ts";
import { elementsOf, type Member, membersOf, recordAt, valueOf } from "../json/json-parts.ts";
import { removeElements } from "../messages/remove-elements.ts";
import type { Edit } from "../messages/splice.ts";
import { readToolItems, type ToolItem } from "./input-tools.ts";
import { choiceWithout } from "./openai-choice.ts";
import { declaredOpenAiTool } from "./openai-tool.ts";
import { type DeclaredTool, type ToolCuts, type ToolList, toolReasons } from "./tool-list.ts";

/** An entry of a list of tools; a namespace has several. */
interface Listed {
  readonly span: Span;
  readonly tools: readonly DeclaredTool[];
  /** The tools of a namespace, in the order of `tools`. */
  readonly inner: readonly Span[];
}

/** The tools of a request of OpenAI's chat completions or Responses. */
export function openaiTools(body: Uint8Array): ToolList {
  const scanner = new JsonScanner(body);
  const members = membersOf(scanner, scanner.skipSpace(body[0] === 0xef ? 3 : 0));
  const listed = (key: string): Listed[] =>
    elementsOf(scanner, valueOf(members, key)).map((span) => readEntry(scanner, span));
  const items = readToolItems(body, valueOf(members, "input")).map((item) => ({
    ...item,
    entries: item.tools.map((span) => readEntry(scanner, span)),
  }));
  const parts = { members, tools: listed("tools"), functions: listed("functions"), items };
  const entries = [...parts.tools, ...parts.functions, ...items.flatMap((item) => item.entries)];
  const searches = valueOf(members, "web_search_options") === undefined ? [] : [search];
  return {
    declared: [...entries.flatMap(({ tools }) => tools), ...searches],
    without: (names) => cutTools(scanner, parts, names),
  };
}

/** What `web_search_options` of chat completions stands for. */
const search: DeclaredTool = { name: "web_search", type: "web_search_options" };

function readEntry(scanner: JsonScanner, span: Span): Listed {
  const entry = recordAt(scanner, span) ?? {};
  if (entry["type"] !== "namespace") return { span, tools: declaredOpenAiTool(entry), inner: [] };
  const inner = elementsOf(scanner, valueOf(membersOf(scanner, span.start), "tools"));
  const namespace = typeof entry["name"] === "string" ? entry["name"] : undefined;
  const tools = inner.map((one) => ({ name: flatName(String(recordAt(scanner, one)?.["name"]), namespace) }));
  return { span, tools, inner };
}

interface Parts {
  readonly members: readonly Member[];
  readonly tools: readonly Listed[];
  /** What came before tools. */
  readonly functions: readonly Listed[];
  /** What the input brings. */
  readonly items: readonly (ToolItem & { readonly entries: readonly Listed[] })[];
}

/** Settings that mean nothing, and are refused, without the list that they are about. */
const dependents = { tools: ["tool_choice", "parallel_tool_calls"], functions: ["function_call"] } as const;

function cutTools(scanner: JsonScanner, parts: Parts, names: ReadonlySet<string>): ToolCuts {
  const { members } = parts;
  const cuts: Cuts = { names, edits: [], dropped: [] };
  const { edits, dropped } = cuts;
  const gone = new Set<string>();
  for (const list of ["tools", "functions"] as const) {
    if (cutEntries(parts[list], list, cuts)) for (const key of [list, ...dependents[list]]) gone.add(key);
    const [choice] = dependents[list];
    edits.push(...loosen(scanner, members, { key: choice, names, dropped }));
  }
  cutItems(scanner, parts, cuts);
  if (names.has(search.name) && valueOf(members, "web_search_options") !== undefined) {
    gone.add("web_search_options");
    dropped.push({ path: "web_search_options", reason: toolReasons.tool });
  }
  edits.push(...removeElements(members.map(({ key, whole }) => ({ span: whole, gone: gone.has(key) }))));
  const kept = [...parts.tools.entries()].flatMap(([index, entry]) => (isGone(entry, names) ? [] : [index]));
  return { edits, dropped, kept };
}

interface Cuts {
  readonly names: ReadonlySet<string>;
  readonly edits: Edit[];
  readonly dropped: Dropped[];
}

function isGone({ tools }: Listed, names: ReadonlySet<string>): boolean {
  return tools.length > 0 && tools.every(({ name }) => names.has(name));
}

/** Cuts entries out of the list at `path`; true when all are gone, so that the list itself has to go. */
function cutEntries(listed: readonly Listed[], path: string, { names, edits, dropped }: Cuts): boolean {
  const entries = listed.map((entry) => ({ ...entry, gone: isGone(entry, names) }));
  for (const [index, entry] of entries.entries()) {
    if (entry.gone) dropped.push({ path: `${path}[${index}]`, reason: toolReasons.tool });
    else cutInner(entry, `${path}[${index}].tools`, { names, edits, dropped });
  }
  if (entries.length > 0 && entries.every(({ gone }) => gone)) return true;
  edits.push(...removeElements(entries));
  return false;
}

/** Cuts tools out of a namespace of which some stay. */
function cutInner({ tools, inner }: Listed, path: string, { names, edits, dropped }: Cuts): void {
  const list = inner.map((span, index) => ({ span, gone: names.has(tools[index]?.name ?? "") }));
  for (const [index, { gone }] of list.entries()) {
    if (gone) dropped.push({ path: `${path}[${index}]`, reason: toolReasons.tool });
  }
  edits.push(...removeElements(list));
}

/** What a search has found may be nothing; what brings nothing but tools goes with the last of them. */
function cutItems(scanner: JsonScanner, { members, items }: Parts, cuts: Cuts): void {
  if (items.length === 0) return;
  const gone = new Set<number>();
  for (const { index, entries, bringsOnly } of items) {
    const isEmpty = cutEntries(entries, `input[${index}].tools`, cuts);
    if (isEmpty && bringsOnly) gone.add(index);
    else if (isEmpty) cuts.edits.push(...removeElements(entries.map(({ span }) => ({ span, gone: true }))));
  }
  const input = elementsOf(scanner, valueOf(members, "input"));
  cuts.edits.push(...removeElements(input.map((span, index) => ({ span, gone: gone.has(index) }))));
}

interface Choice {
  readonly key: string;
  readonly names: ReadonlySet<string>;
  readonly dropped: Dropped[];
}

function loosen(scanner: JsonScanner, members: readonly Member[], { key, names, dropped }: Choice): Edit[] {
  const span = valueOf(members, key);
  const choice = recordAt(scanner, span);
  const loosened = choice && choiceWithout(choice, names);
  if (span === undefined || loosened === undefined) return [];
  dropped.push({ path: key, reason: isRecord(loosened) ? toolReasons.reference : toolReasons.choice });
  return [{ span, text: JSON.stringify(loosened) }];
}
