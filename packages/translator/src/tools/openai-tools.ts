import { flatName } from "../clients/openai-responses/tool-names.ts";
import type { Dropped, Span } from "../dialects/dialect.ts";
import { isRecord } from "../json/is-record.ts";
import { JsonScanner } from "../json/json-scanner.ts";
import { elementsOf, type Member, membersOf, recordAt, valueOf } from "../json/json-parts.ts";
import { removeElements } from "../messages/remove-elements.ts";
import type { Edit } from "../messages/splice.ts";
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
  const parts = { members, tools: listed("tools"), functions: listed("functions") };
  const searches = valueOf(members, "web_search_options") === undefined ? [] : [search];
  return {
    declared: [...[...parts.tools, ...parts.functions].flatMap(({ tools }) => tools), ...searches],
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
}

/** Settings that mean nothing, and are refused, without the list that they are about. */
const dependents = { tools: ["tool_choice", "parallel_tool_calls"], functions: ["function_call"] } as const;

function cutTools(scanner: JsonScanner, parts: Parts, names: ReadonlySet<string>): ToolCuts {
  const { members } = parts;
  const edits: Edit[] = [];
  const dropped: Dropped[] = [];
  const gone = new Set<string>();
  const isGone = ({ tools }: Listed): boolean => tools.length > 0 && tools.every(({ name }) => names.has(name));
  for (const list of ["tools", "functions"] as const) {
    const entries = parts[list].map((entry) => ({ ...entry, gone: isGone(entry) }));
    for (const [index, entry] of entries.entries()) {
      const path = `${list}[${index}]`;
      if (entry.gone) dropped.push({ path, reason: toolReasons.tool });
      else cutInner(entry, { path, names, edits, dropped });
    }
    if (entries.length > 0 && entries.every((entry) => entry.gone)) {
      for (const key of [list, ...dependents[list]]) gone.add(key);
    } else edits.push(...removeElements(entries));
    const [choice] = dependents[list];
    edits.push(...loosen(scanner, members, { key: choice, names, dropped }));
  }
  if (names.has(search.name) && valueOf(members, "web_search_options") !== undefined) {
    gone.add("web_search_options");
    dropped.push({ path: "web_search_options", reason: toolReasons.tool });
  }
  edits.push(...removeElements(members.map(({ key, whole }) => ({ span: whole, gone: gone.has(key) }))));
  const kept = [...parts.tools.entries()].flatMap(([index, entry]) => (isGone(entry) ? [] : [index]));
  return { edits, dropped, kept };
}

interface InnerCut {
  readonly path: string;
  readonly names: ReadonlySet<string>;
  readonly edits: Edit[];
  readonly dropped: Dropped[];
}

function cutInner({ tools, inner }: Listed, { path, names, edits, dropped }: InnerCut): void {
  const list = inner.map((span, index) => ({ span, gone: names.has(tools[index]?.name ?? "") }));
  for (const [index, { gone }] of list.entries()) {
    if (gone) dropped.push({ path: `${path}.tools[${index}]`, reason: toolReasons.tool });
  }
  edits.push(...removeElements(list));
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
