import type { RateBook } from "./exchange/token-rates.ts";
import type { RateMemory } from "./storage/storage.ts";

/** What keeping rates takes. */
export interface RateKeeping {
  readonly rates: RateBook;
  readonly memory: RateMemory;
  /** Told when they cannot be read or written: nothing depends on it but how near to the truth an estimate is. */
  readonly onTrouble: (error: unknown) => void;
  readonly everyMs?: number;
}

/** Rates that are kept until this is closed. */
export interface KeptRateBook {
  /** Writes what was learned since it was last written. */
  close(): Promise<void>;
}

const usualEveryMs = 2_000;
/** What is known already is written anew each so many rounds. */
const roundsBetween = 5;
/** One that differs by less is as good as it was. */
const worthWriting = 0.005;
/** What no model can be: who writes such a number has damaged the store. */
const plausible: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ["input", [0.02, 2]],
  ["asked", [0.02, 2]],
  ["output", [0.01, 1_000]],
  ["unusual", [0.01, 1_000]],
  ["speed", [0.0001, 10]],
]);

/**
 * Takes over what was learned of models' tokens before this start, and by others, and keeps what is learned from now on: a
 * gateway that was just started estimates as well as one that has run for long. Now and then, never while a request waits.
 */
export async function keepRates({
  rates,
  memory,
  onTrouble,
  everyMs = usualEveryMs,
}: RateKeeping): Promise<KeptRateBook> {
  let written = new Map<string, Numbers>();
  const recall = async (): Promise<void> => {
    written = new Map(Array.from(await memory.load(), ([print, kept]) => [print, plausibleOf(kept)]));
    rates.recall(written);
  };
  /** Those that are new at once, for others may be waiting for them. */
  const save = async (onlyNew: boolean): Promise<void> => {
    const all = Array.from(rates.kept(), ([print, kept]) => [print, plausibleOf(kept)] as const);
    const worth = onlyNew ? isNew : differs;
    const changed = all.filter(([print, now]) => worth(now, written.get(print) ?? {}));
    if (changed.length === 0) return;
    await memory.save(new Map(changed));
    for (const [print, numbers] of changed) written.set(print, numbers);
  };
  let isTroubled = false;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) onTrouble(error);
      isTroubled = true;
    }
  };
  await attempt(recall);
  let running: Promise<void> | undefined;
  let rounds = 0;
  const round = async (): Promise<void> => {
    rounds += 1;
    await attempt(() => save(rounds % roundsBetween > 0));
    // What others have learned meanwhile of models that are new here.
    if (rates.isWanting) await attempt(recall);
    running = undefined;
  };
  const timer = setInterval(() => void (running ??= round()), everyMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
      await attempt(() => save(false));
    },
  };
}

/** By the names of rates, none for one that is not known. */
type Numbers = Readonly<Record<string, number>>;

function isNew(now: Numbers, before: Numbers): boolean {
  return Object.keys(now).some((name) => before[name] === undefined);
}

function differs(now: Numbers, before: Numbers): boolean {
  return Object.entries(now).some(([name, value]) => {
    const other = before[name];
    return other === undefined || Math.abs(value - other) > worthWriting * other;
  });
}

/** The numbers that can be, of whatever was kept. */
function plausibleOf(kept: object): Numbers {
  const found = Object.entries(kept).filter(([name, value]: [string, unknown]) => {
    const range = plausible.get(name);
    return range !== undefined && typeof value === "number" && value >= range[0] && value <= range[1];
  });
  return Object.fromEntries(found);
}
