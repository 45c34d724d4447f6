import type { Credential } from "@drawbridge/providers";
import type { Admitted, Target } from "./admit.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";

/** Tries the plan's routes until one gives an answer, and notes each attempt. Throws the failure to be told. */
export function dispatch<Answer>(
  exchange: Exchange,
  { plan, deadlineMs }: Admitted,
  send: (route: Route) => Promise<Answer>,
): Promise<Answer> {
  const { services, signal, notes } = exchange;
  return services.dispatcher.run<Target, Credential, Answer>(plan, send, {
    signal,
    deadlineMs,
    onAttempt: (attempt) => void notes.tried.push(attempt),
  });
}
