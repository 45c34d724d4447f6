import { GatewayError, isLimitCode } from "../errors.ts";
import { type AttemptAccount, LeasedAccount } from "./attempt-account.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import type { Held } from "./hold-request.ts";

/** A call to a place that may be made. */
export interface Begun {
  readonly account: AttemptAccount;
  /** What its answer may have at most, where that is less than for the request; `max_tokens` has to be lowered to it. */
  readonly maxTokens: number | undefined;
}

/** Begins the account of a call to this place. Throws a GatewayError when the limits there have no room. */
export async function beginAttempt(
  { services, snapshot, notes }: Exchange,
  { lease, bound, asked }: NonNullable<Held["account"]>,
  { target, credential }: Route,
): Promise<Begun> {
  const { provider, model } = target;
  const begun = await attempted(lease.attempt({ provider: provider.name, model, credential: credential.name }));
  if (!begun.allowed) {
    throw new GatewayError(begun.code, begun.reason, { retryAfterSeconds: begun.retryAfterSeconds });
  }
  const price = snapshot.models.priceOf(provider.ownerWith(credential), model, services.now());
  const clock = (): number => services.clock();
  const rates = services.tokenRates.of({ provider: provider.name, endpoint: provider.endpoint(model, credential) });
  const attempt = begun.value;
  const { maxOutputTokens } = attempt;
  return {
    account: new LeasedAccount({
      attempt,
      price,
      bound,
      rates,
      sessionId: notes.sessionId,
      asked,
      isStreamed: notes.stream === true,
      isWrittenOn: provider.readOnMs > 0,
      clock,
      delayMs: () => services.loopDelay.mostMs,
    }),
    maxTokens: maxOutputTokens < bound.outputTokens ? maxOutputTokens : undefined,
  };
}

/** True for an error by which this request may not go to a place, while another may have room. */
export function isDeclined(error: unknown): boolean {
  return error instanceof GatewayError && isLimitCode(error.code);
}

async function attempted<Result>(begun: Promise<Result>): Promise<Result> {
  try {
    return await begun;
  } catch (cause) {
    const why =
      "Drawbridge cannot look up the limits of the provider, so it sends nothing there; try again in a moment";
    throw new GatewayError("limits-unavailable", why, { cause, retryAfterSeconds: 1 });
  }
}
