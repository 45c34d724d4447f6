import type { Place } from "./attempt.ts";
import type { DispatchCredential, DispatchTarget } from "./dispatch-plan.ts";
import { hashText } from "./rendezvous.ts";

/** A place with the names it has in maps, made once. */
export interface PlaceNames extends Place {
  readonly key: string;
  /** Of the credential with all models. */
  readonly credentialKey: string;
  /** Of the model with all credentials. */
  readonly upstream: string;
  /** Of the credential's name. */
  readonly hash: number;
}

/** A target's names, and those of its places. */
export interface TargetNames {
  readonly upstream: string;
  /** Of the target's name. */
  readonly hash: number;
  /** For each credential of the provider; undefined for one that does not serve the model. */
  readonly places: readonly (PlaceNames | undefined)[];
}

/** Models of a provider whose names are kept; clients can make up any number of them. */
const most = 1_000;

/** The names of one place. A line break parts them, as it stands in none. */
export function placeNames({ provider, model, credential }: Place): PlaceNames {
  return {
    provider,
    model,
    credential,
    key: `${provider}\n${model}\n${credential}`,
    credentialKey: `${provider}\n${credential}`,
    upstream: `${provider}\n${model}`,
    hash: hashText(credential),
  };
}

/** Makes the names of targets, once for each. */
export class NameCache {
  readonly #byProvider = new WeakMap<object, Map<string, TargetNames>>();

  of({ provider, model }: DispatchTarget<DispatchCredential>): TargetNames {
    let byModel = this.#byProvider.get(provider);
    if (byModel === undefined) {
      byModel = new Map();
      this.#byProvider.set(provider, byModel);
    }
    const known = byModel.get(model);
    if (known !== undefined) return known;
    if (byModel.size >= most) byModel.clear();
    const upstream = `${provider.name}\n${model}`;
    const places = provider.credentials.map((credential) =>
      credential.serves(model)
        ? placeNames({ provider: provider.name, model, credential: credential.name })
        : undefined,
    );
    const names = { upstream, hash: hashText(upstream), places };
    byModel.set(model, names);
    return names;
  }
}
