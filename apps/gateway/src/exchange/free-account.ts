import type { AttemptAccount } from "./attempt-account.ts";

const done = Promise.resolve();

/** Of an attempt that counts in no limit and no book. */
export const freeAccount: AttemptAccount = {
  sending: () => undefined,
  headed: () => undefined,
  follow: () => undefined,
  passed: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  callAgain: () => done,
  recorded: undefined,
  succeeded: () => undefined,
  failed: () => undefined,
};
