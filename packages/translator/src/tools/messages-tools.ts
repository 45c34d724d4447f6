import type { Dropped, Span } from "../dialects/dialect.ts";
import { JsonScanner } from "../json/json-scanner.ts";
import { elementsOf, type Member, membersOf, recordAt, textAt, valueOf } from "../json/json-parts.ts";
import { removeElements } from "../messages/remove-elements.ts";
import type { Edit } from "../messages/splice.ts";
import { cutToolReferences, readToolMentions, type ToolMentions } from "./tool-mentions.ts";
import { type DeclaredTool, mcpTools, type ToolCuts, type ToolList, toolReasons } from "./tool-list.ts";

interface Listed extends DeclaredTool {
  readonly span: Span;
  readonly members: readonly Member[];
}

/** The tools of a request of the Messages API, found in its bytes. */
export function messagesTools(body: Uint8Array): ToolList {
  const scanner = new JsonScanner(body);
  const members = membersOf(scanner, scanner.skipSpace(body[0] === 0xef ? 3 : 0));
  const tools = elementsOf(scanner, valueOf(members, "tools")).map((span) => readTool(scanner, span));
  const servers = elementsOf(scanner, valueOf(members, "mcp_servers")).map((span) => readServer(scanner, span));
  const mentions = readToolMentions(body, valueOf(members, "messages"));
  return {
    declared: [...tools, ...servers, ...mentions.defined].map(({ name, type }) => ({
      name,
      ...(type !== undefined && { type }),
    })),
    without: (names) => new MessagesCuts(scanner, { members, tools, servers, mentions, names }),
  };
}

function readTool(scanner: JsonScanner, span: Span): Listed {
  const members = membersOf(scanner, span.start);
  const type = textAt(scanner, valueOf(members, "type"));
  const server = textAt(scanner, valueOf(members, "mcp_server_name"));
  const name = server === undefined ? (textAt(scanner, valueOf(members, "name")) ?? type ?? "") : mcpTools(server);
  return { span, members, name, ...(type !== undefined && type !== "custom" && { type }) };
}

function readServer(scanner: JsonScanner, span: Span): Listed {
  const members = membersOf(scanner, span.start);
  return { span, members, name: mcpTools(textAt(scanner, valueOf(members, "name")) ?? ""), type: "mcp_toolset" };
}

interface Parts {
  readonly members: readonly Member[];
  readonly tools: readonly Listed[];
  readonly servers: readonly Listed[];
  readonly mentions: ToolMentions;
  readonly names: ReadonlySet<string>;
}

/** What stands for the tools of a conversation that has used some, and may use none of them any more. */
const noTool =
  '[{"name":"no_tool","description":"No tool may be used.","input_schema":{"type":"object","properties":{}}}]';

class MessagesCuts implements ToolCuts {
  readonly edits: Edit[] = [];
  readonly dropped: Dropped[] = [];
  readonly kept: readonly number[];
  readonly #scanner: JsonScanner;
  readonly #parts: Parts;
  /** Top-level members that go. */
  readonly #gone = new Set<string>();

  constructor(scanner: JsonScanner, parts: Parts) {
    this.#scanner = scanner;
    this.#parts = parts;
    const { tools, names, members, mentions } = parts;
    this.kept = [...tools.keys()].filter((index) => !names.has(tools[index]?.name ?? ""));
    this.#cutTools();
    this.#cutServers();
    const references = cutToolReferences(scanner, valueOf(members, "messages"), { names, mentions });
    this.edits.push(
      ...references.edits,
      ...removeElements(members.map(({ key, whole }) => ({ span: whole, gone: this.#gone.has(key) }))),
    );
    this.dropped.push(...references.dropped);
  }

  #cutTools(): void {
    const { tools, names, members, mentions } = this.#parts;
    const list = tools.map(({ span, name }) => ({ span, gone: names.has(name) }));
    for (const [index, { gone }] of list.entries()) if (gone) this.#drop(`tools[${index}]`, toolReasons.tool);
    if (this.kept.length > 0 || tools.length === 0) {
      this.#loosenChoice();
      if (this.kept.length === tools.length) return;
      this.edits.push(...removeElements(list));
      this.#moveMarks();
      this.#loadOne();
      return;
    }
    const listed = valueOf(members, "tools");
    if (mentions.used && listed !== undefined) {
      // A conversation with calls in it needs a tool, and this one cannot be called.
      this.edits.push({ span: listed, text: noTool });
      this.#choose({ type: "none" });
    } else {
      this.#gone.add("tools");
      this.#gone.add("tool_choice");
    }
  }

  /** A removed tool's cache marker goes to the last tool before it that stays: the prompt up to there is the same. */
  #moveMarks(): void {
    const { tools, names } = this.#parts;
    let last: Listed | undefined;
    for (const tool of tools) {
      const mark = valueOf(tool.members, "cache_control");
      if (!names.has(tool.name)) {
        if (!this.#isDeferred(tool)) last = tool;
      } else if (mark !== undefined && this.#byteAt(mark) === openBrace && last !== undefined) {
        this.#mark(last, mark);
        last = undefined;
      }
    }
  }

  #mark({ span, members }: Listed, mark: Span): void {
    const text = new TextDecoder().decode(this.#scanner.bytes.subarray(mark.start, mark.end));
    const own = valueOf(members, "cache_control");
    if (own === undefined)
      this.edits.push({ span: { start: span.end - 1, end: span.end - 1 }, text: `,"cache_control":${text}` });
    else if (this.#byteAt(own) !== openBrace) this.edits.push({ span: own, text });
  }

  /** The API wants at least one tool that is not deferred. */
  #loadOne(): void {
    const { tools } = this.#parts;
    const kept = this.kept.flatMap((index) => tools[index] ?? []);
    if (!kept.every((tool) => this.#isDeferred(tool))) return;
    for (const { members } of kept) {
      const span = valueOf(members, "defer_loading");
      if (span !== undefined) this.edits.push({ span, text: "false" });
    }
  }

  #loosenChoice(): void {
    const { members, names } = this.#parts;
    const choice = recordAt(this.#scanner, valueOf(members, "tool_choice"));
    if (choice === undefined || typeof choice["name"] !== "string" || !names.has(choice["name"])) return;
    const single = choice["disable_parallel_tool_use"];
    this.#choose({ type: "auto", ...(single !== undefined && { disable_parallel_tool_use: single }) });
    this.#drop("tool_choice", toolReasons.choice);
  }

  #choose(choice: object): void {
    const { members } = this.#parts;
    const text = JSON.stringify(choice);
    const span = valueOf(members, "tool_choice");
    const tools = valueOf(members, "tools");
    if (span !== undefined) this.edits.push({ span, text });
    else if (tools !== undefined)
      this.edits.push({ span: { start: tools.end, end: tools.end }, text: `,"tool_choice":${text}` });
  }

  #cutServers(): void {
    const { servers, names } = this.#parts;
    const list = servers.map(({ span, name }) => ({ span, gone: names.has(name) }));
    for (const [index, { gone }] of list.entries()) if (gone) this.#drop(`mcp_servers[${index}]`, toolReasons.tool);
    if (list.length > 0 && list.every(({ gone }) => gone)) this.#gone.add("mcp_servers");
    else this.edits.push(...removeElements(list));
  }

  #isDeferred({ members }: Listed): boolean {
    const span = valueOf(members, "defer_loading");
    return span !== undefined && this.#byteAt(span) === letterT;
  }

  #byteAt({ start }: Span): number {
    return this.#scanner.byteAt(start);
  }

  #drop(path: string, reason: string): void {
    this.dropped.push({ path, reason });
  }
}

const openBrace = 0x7b;
const letterT = 0x74;
