import { boundedId } from "../../conversation/call-ids.ts";
import { sha256 } from "../../conversation/sha256.ts";
import type { ChatProfile } from "./profile.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * The form of a tool call's id that a server takes. Sources: OpenAI has refused ids over 40 and later over 64 characters
 * ("string_above_max_length"); Mistral's tokenizer refuses all but nine letters and digits ("must be a-z, A-Z, 0-9,
 * with a length of 9").
 */
export function chatCallId(id: string, rule: ChatProfile["toolCallIds"]): string {
  if (rule === "any") return id;
  if (rule === "max-40") return boundedId(id, 40);
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : nineCharacters(sha256(id));
}

function nineCharacters(hash: string): string {
  let id = "";
  for (let index = 0; index < 9; index++) {
    id += digits.charAt(Number.parseInt(hash.slice(index * 5, index * 5 + 5), 16) % digits.length);
  }
  return id;
}
