import { createHash } from "node:crypto";
import type { DispatchPlan } from "@drawbridge/providers";
import type { Target } from "./admit.ts";

/** System prompt, tools and first message of a conversation stand at the beginning of its requests. */
const prefixBytes = 4_096;

/**
 * What a conversation sticks by where there is a choice, because a provider's prompt cache is money: the session that
 * Claude Code names, else the beginning of the request. Empty where there is only one way to go.
 */
export function stickyKey(
  links: DispatchPlan<Target>["links"],
  { sessionId, body }: { readonly sessionId: string | undefined; readonly body: Uint8Array },
): { readonly stickyKey?: string } {
  const isChoice = links.some(
    ({ targets }) => targets.length > 1 || targets.some(({ provider }) => provider.credentials.length > 1),
  );
  if (!isChoice) return {};
  return { stickyKey: sessionId ?? createHash("sha256").update(body.subarray(0, prefixBytes)).digest("base64url") };
}
