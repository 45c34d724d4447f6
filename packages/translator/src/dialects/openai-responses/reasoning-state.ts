import { isRecord } from "../../json/is-record.ts";
import { openOpaque, sealOpaque } from "../../messages/opaque.ts";
import { parseJson } from "../../json/loose.ts";
import type { ReasoningItem } from "./responses-request.ts";

/** What of a reasoning item a signature carries; the text of a summary stands in the thinking block itself. */
export interface ReasoningState {
  readonly id: string;
  /** The reasoning as only its provider can read it. */
  readonly encrypted?: string | undefined;
  /** Reasoning in the clear, of servers that encrypt nothing: a summary is no substitute for it. */
  readonly raw?: string | undefined;
}

/** A signature that carries a reasoning item through the client and back. */
export function sealReasoning({ id, encrypted, raw }: ReasoningState): string {
  return sealOpaque("openai-responses", JSON.stringify({ id, encrypted, raw }));
}

/**
 * The reasoning item behind a signature; undefined when it is another dialect's, and "unsealed" when it is our own
 * but holds nothing that the provider would take back.
 */
export function openReasoning(signature: string, summary: string): ReasoningItem | "unsealed" | undefined {
  const state = openOpaque("openai-responses", signature);
  if (state === undefined) return undefined;
  const value = parseJson(state);
  const { id, encrypted, raw } = isRecord(value) ? readState(value) : { id: "", encrypted: undefined, raw: undefined };
  if (id === "" || (encrypted === undefined && raw === undefined)) return "unsealed";
  return {
    type: "reasoning",
    id,
    summary: summary === "" || raw === summary ? [] : [{ type: "summary_text", text: summary }],
    ...(raw === undefined ? {} : { content: [{ type: "reasoning_text", text: raw }] }),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  };
}

function readState(value: Readonly<Record<string, unknown>>): ReasoningState {
  const { id, encrypted, raw } = value;
  return {
    id: typeof id === "string" ? id : "",
    encrypted: typeof encrypted === "string" ? encrypted : undefined,
    raw: typeof raw === "string" ? raw : undefined,
  };
}
