import { TranslatorError } from "../errors.ts";
import { isRecord } from "../json/is-record.ts";
import { describeProblem, problem, type Check, type Problem } from "../json/problem.ts";
import { checkCountRequest, checkMessagesRequest } from "./check-request.ts";
import type { MessagesRequest } from "./request.ts";

/** What `count_tokens` is asked about: a request without limits and sampling. */
export type CountRequest = Pick<
  MessagesRequest,
  "model" | "messages" | "system" | "tools" | "tool_choice" | "thinking" | "output_config"
>;

/**
 * Parses a Messages request and checks the structure that encoders rely on; everything else stays in it untouched.
 * A text block's `text` may still be null, and a tool result's content a bare object. Throws a TranslatorError: `invalid-json`, or `invalid-request` with the
 * path and the wording of the Messages API, e.g. `messages.1.content.0.text: Input should be a valid string`.
 */
export function parseRequest(body: Uint8Array): MessagesRequest {
  return asMessagesRequest(parseChecked(body, checkMessagesRequest));
}

/** Parses the body of a `count_tokens` request, like {@link parseRequest} but without asking for `max_tokens`. */
export function parseCountRequest(body: Uint8Array): CountRequest {
  return asMessagesRequest(parseChecked(body, checkCountRequest));
}

/**
 * Parses a body of any dialect and checks it; `describe` words what is wrong. Throws a TranslatorError: `invalid-json`
 * or `invalid-request`.
 */
export function parseChecked(
  body: Uint8Array,
  check: Check,
  describe: typeof describeProblem = describeProblem,
): Readonly<Record<string, unknown>> {
  const value = parseJson(body);
  if (!isRecord(value)) throw new TranslatorError("invalid-request", "The request body is not a JSON object");
  refuseUnsound(value, check, describe);
  return value;
}

/** Checks what has been parsed; `describe` words what is wrong. Throws a TranslatorError `invalid-request`. */
export function refuseUnsound(value: unknown, check: Check, describe: typeof describeProblem): void {
  const found = checkBounded(value, check);
  if (found !== undefined) throw new TranslatorError("invalid-request", describe(found));
}

/** Blocks hold blocks, and nobody but an attacker nests them deeper than the stack. */
function checkBounded(value: unknown, check: Check): Problem {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof RangeError) return problem("The request body is nested too deeply");
    throw error;
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    // The engine's own message quotes the text, which may be anything the user wrote; only its offset is passed on.
    const offset = error instanceof Error ? /at position (\d+)/u.exec(error.message)?.[1] : undefined;
    const where = offset === undefined ? "" : ` at character ${offset}`;
    throw new TranslatorError("invalid-json", `The request body is not valid JSON${where}.`);
  }
}

/** Guaranteed by the checks that the value has just passed; they look at every member that the type names. */
function asMessagesRequest(value: unknown): MessagesRequest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as MessagesRequest;
}
