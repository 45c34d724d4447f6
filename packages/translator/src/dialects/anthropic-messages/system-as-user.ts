import { asReminder } from "../../conversation/system-prompt.ts";
import { isRecord } from "../../json/is-record.ts";
import type { JsonScanner } from "../../json/json-scanner.ts";
import { listOf } from "../../json/loose.ts";
import type { Edit } from "../../messages/splice.ts";
import type { Span } from "../dialect.ts";
import { readBlock } from "./thinking-block.ts";

const decoder = new TextDecoder();

/**
 * The edit that has the user say what system messages in mid-conversation say, in the form in which Claude Code puts
 * such words before a model itself; every other message stays as it is. Results of calls come before such words, as
 * nothing may stand between them and their calls. None when there are no such messages.
 */
export function systemAsUser(scanner: JsonScanner, messages: Span): Edit[] {
  const pieces: string[] = [];
  let waiting: string[] = [];
  let found = false;
  scanner.elements(messages.start, (span) => {
    const text = decoder.decode(scanner.bytes.subarray(span.start, span.end));
    const { role, answers } = readMessage(scanner, span);
    if (role === "system") {
      found = true;
      waiting.push(...reminderOf(text));
      return;
    }
    pieces.push(...(answers ? [text, ...waiting] : [...waiting, text]));
    waiting = [];
  });
  return found ? [{ span: messages, text: `[${[...pieces, ...waiting].join(",")}]` }] : [];
}

/** Who speaks, and whether results of calls are among it. */
function readMessage(scanner: JsonScanner, span: Span): { readonly role: string; readonly answers: boolean } {
  let role = "";
  let answers = false;
  if (scanner.byteAt(span.start) !== 0x7b) return { role, answers };
  scanner.members(span.start, (key, value) => {
    const first = scanner.byteAt(value.start);
    if (key === "role" && first === 0x22) role = scanner.text(value);
    if (key !== "content" || first !== 0x5b) return;
    scanner.elements(value.start, (block) => {
      answers ||= readBlock(scanner, block).type === "tool_result";
    });
  });
  return { role, answers };
}

/** The message of the user's that says the same; none when there is nothing to say. */
function reminderOf(message: string): string[] {
  const value: unknown = JSON.parse(message);
  const content = isRecord(value) ? value["content"] : undefined;
  const reminder = typeof content === "string" ? remind(content) : listOf(content).flatMap(remindBlock);
  return reminder.length === 0 ? [] : [JSON.stringify({ role: "user", content: reminder })];
}

function remind(text: string): string {
  return /\S/u.test(text) ? asReminder(text) : "";
}

function remindBlock(block: unknown): unknown[] {
  if (!isRecord(block) || typeof block["text"] !== "string") return [block];
  const text = remind(block["text"]);
  return text === "" ? [] : [{ ...block, text }];
}
