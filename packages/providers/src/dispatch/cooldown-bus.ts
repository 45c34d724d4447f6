import { isFailureKind } from "./failure-rule.ts";
import type { Cooldown } from "./health-book.ts";

/** Carries what cools between replicas: a channel of Redis, or whatever else reaches all of them within a second. */
export interface CooldownBus {
  /** Sends a message to all replicas, to this one too if the bus works like that. Must not throw: one lost costs a call. */
  publish(message: string): void;
  /** Has `hear` called with each message that comes. */
  subscribe(hear: (message: string) => void): void;
}

/** A cooldown as replicas tell it. */
export function writeCooldown(cooldown: Cooldown): string {
  return JSON.stringify(cooldown);
}

/** What {@link writeCooldown} wrote; undefined for anything else, such as what a later release has to say. */
export function readCooldown(message: string): Cooldown | undefined {
  const { provider, model, credential, untilMs, kind } = fieldsOf(message);
  if (typeof provider !== "string" || typeof credential !== "string") return undefined;
  if (model !== undefined && typeof model !== "string") return undefined;
  if (typeof untilMs !== "number" || !isFailureKind(kind)) return undefined;
  return { provider, model, credential, untilMs, kind };
}

function fieldsOf(message: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
