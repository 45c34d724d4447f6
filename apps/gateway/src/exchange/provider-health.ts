import type { Dispatcher, PlaceHealth } from "@drawbridge/providers";

/**
 * Says whether a provider can be asked: false while each of its places that were asked of late, or each credential of
 * them, is out. One that nobody has asked is well. Looked up when it is first asked for.
 */
export function providerHealth(dispatcher: Pick<Dispatcher, "health">): (provider: string) => boolean {
  let out: ReadonlySet<string> | undefined;
  return (provider) => !(out ??= providersOut(dispatcher.health())).has(provider);
}

function providersOut(places: readonly PlaceHealth[]): ReadonlySet<string> {
  const cooling = new Set(places.flatMap((place) => (place.model === undefined ? [credentialOf(place)] : [])));
  const isOut = (place: PlaceHealth): boolean =>
    !(place.state === "healthy" || place.state === "half-open") || cooling.has(credentialOf(place));
  const well = new Set(places.flatMap((place) => (isOut(place) ? [] : [place.provider])));
  return new Set(places.flatMap(({ provider }) => (well.has(provider) ? [] : [provider])));
}

function credentialOf({ provider, credential }: PlaceHealth): string {
  return JSON.stringify([provider, credential]);
}
