import type { MoneyStores } from "@drawbridge/gateway/start-gateway";
import type { Book, HoldRef, LimitStore } from "@drawbridge/governance";

interface Stores {
  readonly limits: LimitStore;
  readonly book: Book;
}

type Defect = (stores: Stores) => Stores;

const everyTenth = (): (() => boolean) => {
  let count = 0;
  return () => ++count % 10 === 0;
};

/** Defects as gateways have had them, planted to show that a campaign finds them. */
const defects: Readonly<Record<string, Defect>> = {
  // The settlement is forgotten, and the hold with it.
  "settle-dropped": ({ limits, book }) => {
    const now = everyTenth();
    return {
      book,
      limits: { ...limits, settle: async (hold, actual) => (now() ? "done" : limits.settle(hold, actual)) },
    };
  },
  "settle-as-nothing": ({ limits, book }) => ({
    book,
    limits: { ...limits, settle: (hold, actual) => limits.settle(hold, { ...actual, nanoUsd: 0 }) },
  }),
  // What exceeds the hold is not charged: settlement through the checked path.
  "settle-that-refuses": ({ limits, book }) => {
    const held = new Map<string, number>();
    return {
      book,
      limits: {
        ...limits,
        reserve: async (reservation) => {
          const result = await limits.reserve(reservation);
          if (result.outcome === "held") held.set(reservation.id, reservation.need.nanoUsd);
          return result;
        },
        settle: (hold, actual) =>
          limits.settle(hold, {
            ...actual,
            nanoUsd: Math.min(actual.nanoUsd, Math.floor((held.get(hold.id) ?? 0) / 2)),
          }),
      },
    };
  },
  "released-on-abort": ({ limits, book }) => {
    const now = everyTenth();
    return {
      book,
      limits: { ...limits, settle: (hold, actual) => (now() ? limits.release(hold) : limits.settle(hold, actual)) },
    };
  },
  // One hold for whatever comes under one name: equal ids suppress the second charge.
  "one-id-for-many": ({ limits, book }) => {
    const shorten = <T extends HoldRef>(hold: T): T => ({ ...hold, id: hold.id.slice(-2) });
    return {
      book,
      limits: {
        ...limits,
        reserve: (reservation) => limits.reserve(shorten(reservation)),
        settle: (hold, actual) => limits.settle(shorten(hold), actual),
        topUp: (hold, more) => limits.topUp(shorten(hold), more),
        release: (hold) => limits.release(shorten(hold)),
        touch: (holds) => limits.touch(holds.map(shorten)),
      },
    };
  },
  "reserve-that-never-refuses": ({ limits, book }) => ({
    book,
    limits: {
      ...limits,
      reserve: async (reservation) => {
        const result = await limits.reserve(reservation);
        return result.outcome === "refused" ? { outcome: "held" } : result;
      },
    },
  }),
  "reserve-half": ({ limits, book }) => ({
    book,
    limits: {
      ...limits,
      reserve: (reservation) =>
        limits.reserve({
          ...reservation,
          need: { ...reservation.need, nanoUsd: Math.floor(reservation.need.nanoUsd / 20) },
        }),
    },
  }),
  "settled-twice": ({ limits, book }) => ({
    book,
    limits: {
      ...limits,
      settle: (hold, actual) => limits.settle(hold, { ...actual, nanoUsd: actual.nanoUsd * 2 }),
    },
  }),
  "entry-dropped": ({ limits, book }) => {
    const now = everyTenth();
    return {
      limits,
      book: {
        ...book,
        append: async (entries) => book.append(entries.filter(({ kind }) => kind === "open" || !now())),
      },
    };
  },
  "entry-under-another-attempt": ({ limits, book }) => {
    const now = everyTenth();
    return {
      limits,
      book: {
        ...book,
        append: (entries) =>
          book.append(
            entries.flatMap((entry) =>
              entry.kind === "close" && now() ? [entry, { ...entry, attempt: entry.attempt + 100 }] : [entry],
            ),
          ),
      },
    };
  },
  "holds-never-touched": ({ limits, book }) => ({ book, limits: { ...limits, touch: async () => [] } }),
  "holds-never-swept": ({ limits, book }) => ({
    book,
    limits: { ...limits, sweep: async () => ({ lapsed: [], expired: [] }) },
  }),
};

/** The names of all defects. */
export const defectNames: readonly string[] = Object.keys(defects);

/** The stores with a defect in them. Throws for a name that is none. */
export function plant(name: string, stores: MoneyStores): MoneyStores {
  const defect = defects[name];
  if (defect === undefined) throw new Error(`there is no defect "${name}"`);
  const { limits, book } = stores;
  if (book === undefined) throw new Error("there is no book");
  // What is settled goes by the one way that defects are planted in.
  return defect({ limits: { ...limits, closeAhead: undefined }, book });
}
