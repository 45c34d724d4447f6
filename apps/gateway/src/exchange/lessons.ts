import type { Provider } from "@drawbridge/providers";
import type { UpstreamFailure } from "@drawbridge/translator";

/** Per model; what a model does not take is soon known in full. */
const mostLessons = 8;
/** Per provider; a bound for clients that invent names. */
const mostModels = 1_000;

/** What providers have refused before, so that the next request goes out right at once and costs no second attempt. */
export interface Lessons {
  /** The body with everything repaired that this model is known to refuse. */
  apply(provider: Provider, model: string, body: Uint8Array): Uint8Array;
  /** Remembers a refusal whose repair the model then took. Refusals that are about one conversation teach nothing. */
  learn(provider: Provider, model: string, failure: UpstreamFailure): void;
}

/** Lessons that live as long as the provider's configuration: a changed one may be another server. */
export function createLessons(): Lessons {
  const known = new WeakMap<Provider, Map<string, readonly UpstreamFailure[]>>();
  return {
    apply(provider, model, body) {
      const lessons = known.get(provider)?.get(model);
      if (lessons === undefined) return body;
      return lessons.reduce((fixed, failure) => provider.dialect.repair(fixed, failure) ?? fixed, body);
    },
    learn(provider, model, failure) {
      if (!isAboutModel(failure)) return;
      const models = known.get(provider) ?? new Map<string, readonly UpstreamFailure[]>();
      const lessons = models.get(model) ?? [];
      if (models.size >= mostModels || lessons.length >= mostLessons) return;
      known.set(provider, models.set(model, [...lessons, failure]));
    },
  };
}

function isAboutModel({ kind, parameter, limitTokens }: UpstreamFailure): boolean {
  if (kind === "max-tokens-too-large") return limitTokens !== undefined;
  return kind === "unsupported-parameter" && parameter !== undefined;
}
