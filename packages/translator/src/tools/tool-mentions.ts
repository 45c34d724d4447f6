import type { Dropped, Span } from "../dialects/dialect.ts";
import { fourBytes, JsonScanner } from "../json/json-scanner.ts";
import { elementsOf, membersOf, recordAt, textAt, valueOf } from "../json/json-parts.ts";
import { toolChange } from "../conversation/loaded-tools.ts";
import { removeElements } from "../messages/remove-elements.ts";
import type { Edit } from "../messages/splice.ts";
import { type DeclaredTool, toolReasons } from "./tool-list.ts";

/** What a conversation says of tools. */
export interface ToolMentions {
  /** True when a tool was called. */
  readonly used: boolean;
  /** True when tools were found, added or withdrawn in it. */
  readonly refers: boolean;
  /** Tools that it defines itself. */
  readonly defined: readonly DeclaredTool[];
}

const watched: readonly [number, number] = [fourBytes("tool"), fourBytes("serv")];
const directives = ["tool_reference", "tool_addition", "tool_removal"];

/** Reads what the messages say of tools. Their bytes are passed once; only those with directives are looked into. */
export function readToolMentions(body: Uint8Array, messages: Span | undefined): ToolMentions {
  if (messages === undefined) return { used: false, refers: false, defined: [] };
  const scanner = new JsonScanner(body, watched);
  scanner.skipValue(messages.start);
  const types = new Set<string>();
  for (const start of scanner.seen) {
    // Longer ones are texts or ids.
    const end = scanner.skipValue(start);
    if (end - start <= longestType) types.add(scanner.text({ start, end }));
  }
  const defined: DeclaredTool[] = [];
  if (types.has("tool_addition")) {
    const plain = new JsonScanner(body);
    visitBlocks(plain, messages, ({ span, type }) => {
      const change = type === "tool_addition" ? toolChange(recordAt(plain, span) ?? {}) : undefined;
      if (change?.definition !== undefined) defined.push({ name: change.name, ...typeOf(change.definition.type) });
    });
  }
  const used = ["tool_use", "server_tool_use", "tool_result"].some((type) => types.has(type));
  return { used, refers: directives.some((type) => types.has(type)), defined };
}

const longestType = 40;

function typeOf(type: string | null | undefined): Pick<DeclaredTool, "type"> {
  return type === undefined || type === null || type === "custom" ? {} : { type };
}

/** What is cut, and by which names. */
export interface ReferenceOptions {
  readonly names: ReadonlySet<string>;
  readonly mentions: ToolMentions;
}

/** The edits that leave no reference to a tool of these names, which the API would not find in the list. */
export function cutToolReferences(
  scanner: JsonScanner,
  messages: Span | undefined,
  { names, mentions }: ReferenceOptions,
): { readonly edits: readonly Edit[]; readonly dropped: readonly Dropped[] } {
  const edits: Edit[] = [];
  const dropped: Dropped[] = [];
  if (messages === undefined || !mentions.refers) return { edits, dropped };
  const cutFrom = (list: Span | undefined, path: string, place: "result" | "search"): void => {
    const elements = elementsOf(scanner, list).map((span) => ({ span, tool: referredTool(scanner, span) }));
    const gone = elements.map(({ tool }) => tool !== undefined && names.has(tool));
    for (const [index, isGone] of gone.entries()) {
      if (isGone) dropped.push({ path: `${path}[${index}]`, reason: toolReasons.reference });
    }
    if (list === undefined || !gone.includes(true)) return;
    if (place === "result" && !gone.includes(false)) {
      const missing = [...new Set(elements.flatMap(({ tool }) => tool ?? []))];
      edits.push({ span: list, text: JSON.stringify([notAvailable(missing)]) });
    } else edits.push(...removeElements(elements.map(({ span }, index) => ({ span, gone: gone[index] === true }))));
  };
  visitBlocks(scanner, messages, ({ span, type, path }) => {
    if (type === "tool_result")
      cutFrom(valueOf(membersOf(scanner, span.start), "content"), `${path}.content`, "result");
    else if (type === "tool_search_tool_result") {
      const content = valueOf(membersOf(scanner, span.start), "content");
      const found = content && valueOf(membersOf(scanner, content.start), "tool_references");
      cutFrom(found, `${path}.content.tool_references`, "search");
    } else if (type === "tool_addition" || type === "tool_removal") {
      const change = toolChange(recordAt(scanner, span) ?? {});
      if (change === undefined || !names.has(change.name)) return;
      edits.push({ span, text: JSON.stringify(notAvailable([change.name])) });
      dropped.push({ path, reason: toolReasons.reference });
    }
  });
  return { edits, dropped };
}

function referredTool(scanner: JsonScanner, span: Span): string | undefined {
  const members = membersOf(scanner, span.start);
  const isReference = textAt(scanner, valueOf(members, "type")) === "tool_reference";
  return isReference ? textAt(scanner, valueOf(members, "tool_name")) : undefined;
}

function notAvailable(names: readonly string[]): object {
  return { type: "text", text: `Not available here: ${names.join(", ")}.` };
}

interface VisitedBlock {
  readonly span: Span;
  readonly type: string | undefined;
  readonly path: string;
}

function visitBlocks(scanner: JsonScanner, messages: Span, visit: (block: VisitedBlock) => void): void {
  for (const [index, message] of elementsOf(scanner, messages).entries()) {
    const content = valueOf(membersOf(scanner, message.start), "content");
    for (const [at, span] of elementsOf(scanner, content).entries()) {
      const type = textAt(scanner, valueOf(membersOf(scanner, span.start), "type"));
      visit({ span, type, path: `messages[${index}].content[${at}]` });
    }
  }
}
