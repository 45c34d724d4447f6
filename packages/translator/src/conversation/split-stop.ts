import type { MessagesRequest } from "../messages/request.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";

/** Which stop sequences the provider is told, and which are left to whoever reads the answer. */
export interface SplitStop {
  readonly sent: readonly string[];
  readonly local: readonly string[];
}

/** Splits the stop sequences for a provider that takes `limit` of them; none is lost. */
export function splitStop(request: MessagesRequest, limit: number, scene: Scene): SplitStop {
  const all = request.stop_sequences ?? [];
  const usable = all.filter((sequence) => sequence !== "");
  if (usable.length < all.length) scene.drops.add("stop_sequences", reasons.emptyStop);
  return { sent: usable.slice(0, limit), local: usable.slice(limit) };
}
