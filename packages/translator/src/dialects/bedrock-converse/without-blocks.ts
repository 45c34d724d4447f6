import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";

type Body = Readonly<Record<string, unknown>>;
type Section = "system" | "messages" | "toolConfig";

/** The request without its blocks of one kind, in the given parts of it; undefined when there are none. */
export function withoutBlocks(request: Body, kind: string, sections: readonly Section[]): Body | undefined {
  let result = request;
  if (sections.includes("system")) result = without(result, "system", kind);
  if (sections.includes("toolConfig") && isRecord(result["toolConfig"])) {
    const config = without(result["toolConfig"], "tools", kind);
    if (config !== result["toolConfig"]) result = { ...result, toolConfig: config };
  }
  if (sections.includes("messages")) result = withoutInMessages(result, kind);
  return result === request ? undefined : result;
}

function withoutInMessages(request: Body, kind: string): Body {
  const messages = listOf(request["messages"]);
  const left = messages.map((message) => (isRecord(message) ? without(message, "content", kind) : message));
  return left.every((message, index) => message === messages[index]) ? request : { ...request, messages: left };
}

function without(holder: Body, key: string, kind: string): Body {
  const blocks = listOf(holder[key]);
  const left = blocks.filter((block) => !isRecord(block) || !(kind in block));
  return left.length === blocks.length ? holder : { ...holder, [key]: left };
}
