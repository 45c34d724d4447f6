import type { Admission, Lease, LeaseRequest, LeaseTerms } from "@drawbridge/governance";
import { GatewayError } from "../errors.ts";
import type { Admitted, Target } from "./admit.ts";
import type { Exchange } from "./exchange.ts";
import { expectedProgress } from "./expected-progress.ts";
import { knownPlace, unpricedReason } from "./known-place.ts";
import { type GatewayBound, type KnownPlace, requestBound } from "./request-bound.ts";
import { type SentRequest, sentRequest } from "./sent-request.ts";

/** A request that may run, on whose account, and what each of its calls can take at most. */
export interface Held extends Admitted {
  /** Undefined for one that counts in no limit and no book. */
  readonly account: HeldAccount | undefined;
}

/** What its calls are counted by. */
export interface HeldAccount {
  readonly lease: Lease;
  readonly bound: GatewayBound;
  /** What the client's bytes tell; undefined where they say nothing. */
  readonly asked: SentRequest | undefined;
}

/** True for a request that counts in a limit or a book. */
export function counts({ services }: Exchange, { plan, principal }: Admitted): boolean {
  const providers: string[] = [];
  for (const { targets } of plan.links) for (const { provider } of targets) providers.push(provider.name);
  return services.governance.concerns(principal, providers);
}

/** A request that counts nowhere, so that nothing is held for it. */
export function uncounted({ body, call, plan, principal }: Admitted): Held {
  return { body, call, plan, principal, account: undefined };
}

/**
 * Step 5 of the line, for a request that {@link counts}: holds what it can take in all limits of whoever asks, before
 * anything is sent. Places without a price are left out where money is limited. Throws a GatewayError that names the limit.
 */
export async function holdRequest(exchange: Exchange, admitted: Admitted): Promise<Held> {
  const plan = pricedPlan(exchange, admitted);
  const places = plan.links.flatMap(({ targets }) => targets.map((target) => ({ target, ...known(exchange, target) })));
  const { call } = admitted;
  const { mode, whenSpent }: LeaseTerms = { ...exchange.snapshot.terms, ...admitted.principal.terms };
  const bound = requestBound({ call, client: exchange.client.name, isStrict: mode === "strict" }, places);
  // A whole answer cannot be ended when a limit is reached, so all that it can be is held from the start.
  const terms: LeaseTerms = { mode: call.facts.stream ? mode : "strict", whenSpent };
  const { body } = admitted;
  const asked = bound.hasMedia ? undefined : sentRequest(body, exchange.notes.sessionId);
  const isStreamed = exchange.notes.stream === true;
  const expected = expectedProgress({ body, asked, bound, isStreamed }, places, exchange.services);
  const lease = await admission(exchange, { ...admitted, bound, terms, charged: mode, expected });
  exchange.notes.lease = lease;
  const outputTokens = lease.maxOutputTokens;
  if (outputTokens >= bound.outputTokens) return { ...admitted, plan, account: { lease, bound, asked } };
  exchange.notes.maxTokens = outputTokens;
  return {
    ...admitted,
    call: call.limitOutput(outputTokens),
    plan,
    account: { lease, bound: { ...bound, outputTokens }, asked },
  };
}

async function admission(
  { id, services, notes }: Exchange,
  {
    principal: holder,
    call,
    bound,
    terms,
    charged,
    expected,
  }: Admitted & Pick<Required<LeaseRequest>, "bound" | "charged" | "expected" | "terms">,
): Promise<Lease> {
  const { model: modelAsked } = call.facts;
  let result: Admission;
  try {
    const { sessionId } = notes;
    const asked = { id, holder, modelAsked, sessionId, bound, terms, charged, expected };
    result = await services.governance.admit(asked);
  } catch (cause) {
    throw new GatewayError("limits-unavailable", unavailable, { cause, retryAfterSeconds: 1 });
  }
  if (result.allowed) return result.value;
  throw new GatewayError(result.code, result.reason, { retryAfterSeconds: result.retryAfterSeconds });
}

const unavailable =
  "Drawbridge cannot look up the limits that this key counts in, so it lets nothing through that they would count. " +
  "Try again in a moment; if it stays so, whoever runs Drawbridge finds the cause in its log";

/** A plan without the places that money cannot be counted for. Throws a GatewayError when none is left. */
function pricedPlan(exchange: Exchange, { plan, principal }: Admitted): Admitted["plan"] {
  const { governance } = exchange.services;
  const unpriced: Target[] = [];
  const links = plan.links.flatMap((link) => {
    const targets = link.targets.filter((target) => {
      if (!governance.limitsMoney(principal, target.provider.name)) return true;
      if (known(exchange, target).prices.length > 0) return true;
      unpriced.push(target);
      return false;
    });
    return targets.length === 0 ? [] : [{ ...link, targets }];
  });
  if (links.length > 0 || unpriced.length === 0) return unpriced.length === 0 ? plan : { ...plan, links };
  throw new GatewayError("no-price", unpricedReason(unpriced, principal.keyName));
}

function known({ snapshot, services }: Exchange, target: Target): KnownPlace {
  return knownPlace(snapshot, target, services.now());
}
