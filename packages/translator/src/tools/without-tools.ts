import type { ClientCall } from "../clients/client-dialect.ts";
import type { Dropped } from "../dialects/dialect.ts";
import { splice } from "../messages/splice.ts";
import type { ToolList } from "./tool-list.ts";

/** A request in its client's dialect, and how one is read. */
export interface CallSource {
  readonly body: Uint8Array;
  readonly tools: ToolList;
  /** Reads another request of the same client. */
  readonly decode: (body: Uint8Array) => ClientCall;
}

/** The same request without the tools of these names, read anew; what was cut is in what its translation drops. */
export function withoutTools({ body, tools, decode }: CallSource, names: readonly string[]): ClientCall {
  const { edits, dropped, kept } = tools.without(new Set(names));
  return edits.length === 0 ? decode(body) : telling(decode(splice(body, edits)), { dropped, kept });
}

interface Told {
  readonly dropped: readonly Dropped[];
  readonly kept: readonly number[];
}

function telling(call: ClientCall, told: Told): ClientCall {
  return {
    ...call,
    limitOutput: (maxTokens) => telling(call.limitOutput(maxTokens), told),
    withoutTools: (names) => telling(call.withoutTools(names), told),
    translate(dialect, target, context) {
      const translation = call.translate(dialect, target, context);
      const later = translation.dropped.map(({ path, reason }) => ({ path: asBefore(path, told.kept), reason }));
      return { ...translation, dropped: [...told.dropped, ...later] };
    },
  };
}

/** The path in the request as the client sent it. */
function asBefore(path: string, kept: readonly number[]): string {
  return path.replace(/^tools\[(\d+)\]/, (all, index) => {
    const before = kept[Number(index)];
    return before === undefined ? all : `tools[${before}]`;
  });
}
