import type { MoneyStores } from "@drawbridge/gateway/start-gateway";
import { closeAheadWithin } from "../close-ahead-within.ts";
import type { CrashPointName } from "./crash-point.ts";

/** Until what was settled is written down everywhere. */
const writtenMs = 150;

/** Stores of a gateway that is killed as soon as it is where `crashAt` says; by SIGKILL, so that nothing of it is left. */
export function crashingStores({ limits, book }: MoneyStores, crashAt: () => CrashPointName | undefined): MoneyStores {
  const at = (point: CrashPointName): void => {
    if (crashAt() === point) process.kill(process.pid, "SIGKILL");
  };
  const ended = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = await work();
    at("settled");
    if (crashAt() === "all written") setTimeout(() => at("all written"), writtenMs);
    return result;
  };
  return {
    limits: {
      ...limits,
      get closeAhead() {
        return closeAheadWithin(limits, ended);
      },
      async reserve(reservation) {
        at("before it is held");
        const result = await limits.reserve(reservation);
        at("held");
        return result;
      },
      async touch(holds) {
        const lost = await limits.touch(holds);
        if (holds.some(({ charge }) => charge !== undefined)) at("told how far it is");
        return lost;
      },
      settle: (hold, actual) => ended(() => limits.settle(hold, actual)),
    },
    book: book && {
      ...book,
      async append(entries) {
        const isEnd = entries.some(({ kind }) => kind === "close");
        if (entries.some(({ kind }) => kind === "open")) at("about to be in the account");
        if (isEnd) at("end about to be in the account");
        await book.append(entries);
        if (isEnd) at("end in the account");
      },
    },
  };
}
