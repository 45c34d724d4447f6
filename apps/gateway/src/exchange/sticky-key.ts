import { createHash } from "node:crypto";
import type { DispatchPlan } from "@drawbridge/providers";
import type { Target } from "./admit.ts";

/** System prompt, tools and first message of a conversation stand at the beginning of its requests. */
const prefixBytes = 4_096;
/** The dispatcher keeps keys; a client may put anything into its header. */
const longestSessionId = 128;

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
  if (sessionId !== undefined && sessionId.length <= longestSessionId) return { stickyKey: sessionId };
  const named = sessionId ?? body.subarray(0, prefixBytes);
  return { stickyKey: createHash("sha256").update(named).digest("base64url") };
}
