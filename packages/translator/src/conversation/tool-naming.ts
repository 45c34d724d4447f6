import type { AnsweredShape } from "./answered-shape.ts";

const legalId = /^[a-zA-Z0-9_-]+$/;
// What models and their templates put around a name: `functions.Bash`, `default_api:Bash`, `Bash<|channel|>commentary`.
const wrappings: readonly RegExp[] = [/^\s*(.*?)\s*$/, /^(?:\w+[.:])(.+)$/, /^(.+?)<\|.*$/, /^(?:\w+[.:])(.+?)<\|.*$/];

/** What tool calls of one answer are named and numbered by. */
export interface ToolNaming {
  /** The client's name for a name that the model used. */
  nameOf(wireName: string): string;
  /** The id that the client is told: unique, and made of characters that every API takes. */
  idOf(wireId: string): string;
  /** An id for a call that came without one. */
  newId(): string;
}

/** What names and ids an answer's tool calls get, given the request that it answers. */
export interface NamingSource extends Pick<AnsweredShape, "messageId" | "offeredTools" | "usedCallIds"> {
  /** Renamed tools, by their name on the wire. */
  readonly toolNames: ReadonlyMap<string, string>;
}

/** Names tool calls as the client knows them. A wrapped name is unwrapped only when that gives a declared one. */
export function toolNaming(source: NamingSource): ToolNaming {
  let declared: ReadonlySet<string> | undefined;
  let used: Set<string> | undefined;
  let count = 0;

  function isDeclared(name: string): boolean {
    declared ??= new Set(source.offeredTools);
    return declared.has(name);
  }

  // Small servers number the calls of every answer from zero; the client drops a call whose id it has seen before.
  function unique(wanted: string): string {
    used ??= new Set(source.usedCallIds);
    let id = wanted;
    while (used.has(id)) id = freshId();
    used.add(id);
    return id;
  }

  // Message ids differ from answer to answer, so these never meet an id of an earlier turn.
  function freshId(): string {
    count += 1;
    return `call_${source.messageId.replaceAll(/[^a-zA-Z0-9]/g, "")}_${count}`;
  }

  return {
    nameOf(wireName) {
      const known = source.toolNames.get(wireName);
      if (known !== undefined || isDeclared(wireName)) return known ?? wireName;
      for (const wrapping of wrappings) {
        const inner = wrapping.exec(wireName)?.[1];
        const name = inner === undefined ? undefined : (source.toolNames.get(inner) ?? inner);
        if (name !== undefined && isDeclared(name)) return name;
      }
      return wireName;
    },
    idOf: (wireId) => unique(legalId.test(wireId) ? wireId : wireId.replaceAll(/[^a-zA-Z0-9_-]/g, "_")),
    newId: () => unique(freshId()),
  };
}
