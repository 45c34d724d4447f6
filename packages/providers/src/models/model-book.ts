import { globTest } from "../glob.ts";
import type { ModelFacts } from "./facts.ts";
import { freeRow } from "./free-row.ts";
import { listOfKind } from "./list-of-kind.ts";
import { modelFacts, type ModelHost } from "./model-facts.ts";
import type { ListedModel, PriceList } from "./price-list.ts";
import type { PriceRow } from "./price-row.ts";
import { regionalPrice } from "./regional-price.ts";

/** As much of a provider as is needed to know its models; a `Provider` fits. */
export interface ModelOwner {
  readonly name: string;
  readonly entry: ModelHost & { readonly id: string };
  /** The vendor's own name of the region that its address is of; missing for an address of none. */
  readonly addressRegion?: string | undefined;
}

/** What a user knows better of the models that a pattern names. */
export interface ModelOverride {
  /** A glob for `provider/model`, in which `*` stands for anything. */
  readonly match: string;
  readonly price?: PriceRow | undefined;
  readonly facts?: Pick<ModelFacts, "contextWindow" | "maxOutputTokens"> | undefined;
}

/** What is known of every provider's models, and what they cost. */
export interface ModelBook {
  /** What is known of a model. */
  factsOf(owner: ModelOwner, model: string): ModelFacts;
  /** What a model costs at an instant (milliseconds since 1970); undefined when nobody says, which is not free. */
  priceOf(owner: ModelOwner, model: string, atMs: number): PriceRow | undefined;
}

/** What a model book is made of. */
export interface ModelBookParts {
  readonly prices: PriceList;
  /** Of those that match, an exact name counts before globs, then the first. */
  readonly overrides?: readonly ModelOverride[];
}

interface Page {
  readonly facts: ModelFacts;
  readonly price: PriceRow | undefined;
  /** The price holds from here to there. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const always = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

const unknownPage: Page = { facts: {}, price: undefined, ...always };
const freePage: Page = { ...unknownPage, price: freeRow };

/** Pages are kept; the bound stops a client that invents names. */
const mostPages = 2_000;

/** Longer than any model's name, and than the ARN around one. */
const longestName = 500;

/**
 * Makes a model book. A user's word counts before what is known of a line of models, and that before the price list. Each
 * model is looked up once, and again only when its price list says that its price has changed.
 */
export function createModelBook({ prices, overrides = [] }: ModelBookParts): ModelBook {
  const exactFirst = overrides.toSorted((a, b) => Number(a.match.includes("*")) - Number(b.match.includes("*")));
  const rules = exactFirst.map((override) => ({ ...override, applies: globTest([override.match]) }));
  /** By owner and model: a name put together of both would have to be hashed for each request. */
  const pages = new Map<ModelOwner, Map<string, Page>>();
  let kept = 0;

  function lookUp(owner: ModelOwner, model: string, atMs: number): Page {
    const { name, entry } = owner;
    const own = rules.find(({ applies }) => applies(`${name}/${model}`));
    const listed = listedFor(owner, model, (list) => prices.find(list, model, atMs));
    const facts = { ...listedFacts(listed), ...known(modelFacts(entry, model)), ...known(own?.facts ?? {}) };
    if (own?.price !== undefined) return { facts, price: own.price, ...always };
    const price = listed?.price ?? (entry.local === true ? freeRow : undefined);
    const untilMs = listed?.validUntilMs ?? always.untilMs;
    return { facts, price, fromMs: untilMs === always.untilMs ? always.fromMs : atMs, untilMs };
  }

  function pageOf(owner: ModelOwner, model: string, atMs?: number): Page {
    if (model.length > longestName) return owner.entry.local === true ? freePage : unknownPage;
    const found = pages.get(owner)?.get(model);
    if (found !== undefined && (atMs === undefined || (found.fromMs <= atMs && atMs < found.untilMs))) return found;
    const page = lookUp(owner, model, atMs ?? 0);
    keep(owner, model, page);
    return page;
  }

  function keep(owner: ModelOwner, model: string, page: Page): void {
    if (kept >= mostPages) {
      pages.clear();
      kept = 0;
    }
    const own = pages.get(owner) ?? new Map<string, Page>();
    if (!own.has(model)) kept += 1;
    pages.set(owner, own.set(model, page));
  }

  return {
    factsOf: (owner, model) => pageOf(owner, model).facts,
    priceOf: (owner, model, atMs) => pageOf(owner, model, atMs).price,
  };
}

/** What the price list of a provider says of a model, at the provider's place. */
function listedFor(
  { entry, addressRegion: region }: ModelOwner,
  model: string,
  find: (list: string) => ListedModel | undefined,
): ListedModel | undefined {
  const list = listOfKind(entry.id);
  const listed = list === undefined ? undefined : find(list);
  if (list === undefined || listed?.price === undefined) return listed;
  return { ...listed, price: regionalPrice(listed.price, model, { list, region }) };
}

function listedFacts(listed: ListedModel | undefined): ModelFacts {
  return known({ contextWindow: listed?.contextWindow, deprecated: listed?.deprecated });
}

/** Without what is not known, so that it hides nothing that is. */
function known(facts: ModelFacts): ModelFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
