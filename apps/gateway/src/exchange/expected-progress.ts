import type { AttemptProgress } from "@drawbridge/governance";
import type { Provider } from "@drawbridge/providers";
import type { PriceRow } from "@drawbridge/providers/models";
import type { Services } from "../services.ts";
import type { Target } from "./admit.ts";
import { progressOf } from "./progress-of.ts";
import type { GatewayBound, KnownPlace } from "./request-bound.ts";
import type { SentRequest } from "./sent-request.ts";
import type { TokenRates } from "./token-rates.ts";
import { unansweredUse, uncountedInput } from "./unanswered-use.ts";
import { outputSpeed } from "./unseen-output.ts";

/** A place that a request may go to. */
export interface ExpectedPlace extends KnownPlace {
  readonly target: Pick<Target, "model"> & {
    readonly provider: Pick<Provider, "name" | "credentials" | "endpoint" | "readOnMs">;
  };
}

/** A request that is about to be held. */
export interface ExpectedRequest {
  readonly body: Uint8Array;
  /** What its bytes tell; undefined where they say nothing, as with images. */
  readonly asked: SentRequest | undefined;
  readonly bound: Pick<GatewayBound, "chargedInputTokens" | "outputTokens">;
  readonly isStreamed: boolean;
}

/**
 * How far a request has come that is about to be sent, at the dearest of these places: what is known of it before it is written
 * for one of them. Gives nothing where one may write and bill all of an answer that nobody reads.
 */
export function expectedProgress(
  request: ExpectedRequest,
  places: readonly ExpectedPlace[],
  { tokenRates, loopDelay }: Pick<Services, "tokenRates" | "loopDelay">,
): () => AttemptProgress | undefined {
  if (places.some(({ target }) => target.provider.readOnMs > 0)) return nothing;
  const { bound, isStreamed } = request;
  const known = places.map((place) => knownAt(place, request, tokenRates));
  return dearest(known, { mostOutput: bound.outputTokens, isWhole: !isStreamed, loopDelay });
}

/** What is known of a request at a place. */
interface KnownAt {
  readonly speed: TokenRates["speed"];
  readonly inputTokens: number;
  readonly prices: readonly (PriceRow | undefined)[];
}

function knownAt(
  { target: { provider, model }, prices }: ExpectedPlace,
  { body, asked, bound }: ExpectedRequest,
  tokenRates: Services["tokenRates"],
): KnownAt {
  const endpoint = provider.endpoint(model, provider.credentials[0]);
  const { asked: rates, speed } = tokenRates.of({ provider: provider.name, endpoint });
  const inputTokens = uncountedInput(asked && rates.look(asked, body), rates, bound);
  return { speed, inputTokens, prices: prices.length === 0 ? [undefined] : prices };
}

interface Unwritten extends Pick<Services, "loopDelay"> {
  readonly mostOutput: number;
  readonly isWhole: boolean;
}

/** A function of its own: what it gives is kept for as long as the answer takes, and with it all that functions beside it look at. */
function dearest(
  known: readonly KnownAt[],
  { mostOutput, isWhole, loopDelay }: Unwritten,
): () => AttemptProgress | undefined {
  return () => {
    const silentMs = loopDelay.mostMs;
    const all = known.flatMap(({ speed, inputTokens, prices }) => {
      const usage = unansweredUse({ inputTokens, silentMs, isWhole, mostOutput, speed });
      const tokensPerMs = outputSpeed({ written: 0, writtenMs: 0, silentMs: 0, isWhole }, speed);
      return prices.map((price) => progressOf(usage, price, tokensPerMs));
    });
    return all.length === 0 ? undefined : all.reduce(dearer);
  };
}

function nothing(): undefined {}

function dearer(one: AttemptProgress, other: AttemptProgress): AttemptProgress {
  return {
    inputTokens: Math.max(one.inputTokens, other.inputTokens),
    outputTokens: Math.max(one.outputTokens, other.outputTokens),
    tokensPerMs: Math.max(one.tokensPerMs ?? 0, other.tokensPerMs ?? 0),
    nanoUsd: (outputTokens) => Math.max(one.nanoUsd(outputTokens), other.nanoUsd(outputTokens)),
  };
}
