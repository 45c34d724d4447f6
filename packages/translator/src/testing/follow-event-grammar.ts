import { expect } from "vitest";
import { findGrammarFault } from "../messages/event-grammar.ts";
import type { StreamEvent } from "../messages/events.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Passes for a complete sequence of Messages events that a client can follow. */
    toFollowEventGrammar: (this: Matchers<R, T>) => R;
  }
}

/** Teaches `expect` the matcher `toFollowEventGrammar`. */
export function addEventGrammarMatcher(): void {
  expect.extend({
    toFollowEventGrammar(events: Iterable<StreamEvent>) {
      const fault = findGrammarFault(events);
      return {
        pass: fault === undefined,
        message: () => fault ?? "the events follow the grammar, against expectation",
      };
    },
  });
}
