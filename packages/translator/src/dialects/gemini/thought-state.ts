import { isRecord } from "../../json/is-record.ts";
import { openOpaque, sealOpaque } from "../../messages/opaque.ts";

/**
 * What Gemini wants back with the next request, on its way through the client in the signature of a thinking block:
 * the signature of the next call, of the text before, or of the thought itself; or a part that no block can say.
 */
export type ThoughtState =
  | { readonly on: "call" | "text" | "thought"; readonly signature: string }
  | { readonly on: "part"; readonly part: Readonly<Record<string, unknown>> };

/** A state together with the model that made it: Gemini models refuse each other's ("Invalid thought signature."). */
export interface SealedThought {
  readonly model: string;
  readonly state: ThoughtState;
}

/** The signature of a thinking block that carries a state. */
export function sealThought(sealed: SealedThought): string {
  return sealOpaque("gemini", JSON.stringify(sealed));
}

/** The signature of a thinking block that carries nothing but its origin. */
export const emptyThought: string = sealOpaque("gemini", "");

/** Says whose thinking a signature belongs to, and gives the state in it when it is Gemini's. */
export function openThought(signature: string): { readonly own: boolean; readonly sealed?: SealedThought } {
  const text = openOpaque("gemini", signature);
  if (text === undefined) return { own: false };
  const sealed = readSealed(text);
  return sealed === undefined ? { own: true } : { own: true, sealed };
}

function readSealed(text: string): SealedThought | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value["model"] !== "string") return undefined;
    const state = readState(value["state"]);
    return state && { model: value["model"], state };
  } catch {
    return undefined;
  }
}

function readState(value: unknown): ThoughtState | undefined {
  if (!isRecord(value)) return undefined;
  const { on, signature, part } = value;
  if (on === "part") return isRecord(part) ? { on, part } : undefined;
  if (on !== "call" && on !== "text" && on !== "thought") return undefined;
  return typeof signature === "string" && signature !== "" ? { on, signature } : undefined;
}
