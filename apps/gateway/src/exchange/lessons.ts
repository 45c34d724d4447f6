import type { Endpoint } from "@drawbridge/providers";
import type { UpstreamFailure } from "@drawbridge/translator";

/** Per model; what a model does not take is soon known in full. */
const mostLessons = 8;

/** What providers have refused before, so that the next request goes out right at once and costs no second attempt. */
export interface Lessons {
  /** The body with everything repaired that this model is known to refuse. */
  apply(endpoint: Endpoint, body: Uint8Array): Uint8Array;
  /** Remembers a refusal whose repair the model then took. Refusals that are about one conversation teach nothing. */
  learn(endpoint: Endpoint, failure: UpstreamFailure): void;
}

/** Lessons that live as long as the provider's configuration: a changed one may be another server. */
export function createLessons(): Lessons {
  const known = new WeakMap<Endpoint, readonly UpstreamFailure[]>();
  return {
    apply(endpoint, body) {
      const lessons = known.get(endpoint);
      if (lessons === undefined) return body;
      return lessons.reduce((fixed, failure) => endpoint.dialect.repair(fixed, failure) ?? fixed, body);
    },
    learn(endpoint, failure) {
      const lessons = known.get(endpoint) ?? [];
      if (isAboutModel(failure) && lessons.length < mostLessons) known.set(endpoint, [...lessons, failure]);
    },
  };
}

function isAboutModel({ kind, parameter, limitTokens }: UpstreamFailure): boolean {
  if (kind === "max-tokens-too-large") return limitTokens !== undefined;
  return kind === "unsupported-parameter" && parameter !== undefined;
}
