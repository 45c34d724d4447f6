import type { UpstreamFailure } from "@drawbridge/translator";
import type { Route } from "./attempt.ts";
import { readCooldown, writeCooldown, type CooldownBus } from "./cooldown-bus.ts";
import type { DispatchCredential, DispatchPlan, DispatchTarget } from "./dispatch-plan.ts";
import { DispatchRequest, type DispatchOptions, type Send } from "./dispatch-request.ts";
import { defaultDispatchSettings, type DispatchSettings } from "./dispatch-settings.ts";
import { Engine, type EngineParts } from "./engine.ts";
import type { Cooldown, PlaceHealth } from "./health-book.ts";
import { placeNames } from "./place-names.ts";

/** What {@link createDispatcher} is given. */
export interface DispatcherParts extends Omit<EngineParts, "settings" | "onCooled"> {
  readonly settings?: Partial<DispatchSettings> | undefined;
  /** Joins the dispatchers of all replicas, so that none asks a place that cools for another; without it this one is alone. */
  readonly bus?: CooldownBus | undefined;
}

/** Takes requests to where they are answered, and remembers how each place is doing. */
export interface Dispatcher {
  /**
   * Asks the places of a plan until one answers, and gives its answer. `send` resolves when the first content is there,
   * after which nothing is asked again, and rejects with a ProviderError while another place may still be asked; any
   * other error ends the request. Throws the most telling of the failures; `cancelled` when the signal is aborted.
   */
  run<T extends DispatchTarget<C>, C extends DispatchCredential, V>(
    plan: DispatchPlan<T>,
    send: Send<T, C, V>,
    options: DispatchOptions,
  ): Promise<V>;
  /** Tells of a failure after the first content, which counts like any other but moves nothing. */
  report(
    place: Pick<Route<DispatchTarget<DispatchCredential>, DispatchCredential>, "target" | "credential">,
    failure: UpstreamFailure,
  ): void;
  /** How the places that were asked of late are doing, for status pages. */
  health(): readonly PlaceHealth[];
  /** Forgets all about a provider, whose settings have changed. */
  forget(provider: string): void;
}

/** A dispatcher that knows nothing yet. One for all requests: what they find out is kept in it. */
export function createDispatcher({ settings, bus, ...parts }: DispatcherParts): Dispatcher {
  const onCooled = (cooldown: Cooldown): void => bus?.publish(writeCooldown(cooldown));
  const engine = new Engine({ ...parts, onCooled, settings: { ...defaultDispatchSettings, ...settings } });
  const { book } = engine;
  bus?.subscribe((message) => {
    const cooldown = readCooldown(message);
    if (cooldown !== undefined) book.cool(cooldown, parts.clock());
  });
  return {
    run: (plan, send, options) => new DispatchRequest(engine, { plan, send }, options).run(),
    report: ({ target: { provider, model }, credential }, failure) => {
      const place = placeNames({ provider: provider.name, model, credential: credential.name });
      book.report(place, failure, parts.clock());
    },
    health: () => book.list(parts.clock()),
    forget: (provider) => book.forget(provider),
  };
}
