import { canonicalModel } from "../routing/model-alias.ts";
import type { Glob } from "../policy/compile-glob.ts";
import type { OffsetAt } from "../limits/zone-offsets.ts";
import { type BudgetUse, budgetUse } from "./budget-use.ts";
import type { Agent, RuleContext } from "./rule-context.ts";
import { clockTime, type ClockTime } from "./clock-time.ts";

/** What facts are the same for all requests. */
export interface FactSettings {
  /** Which models belong to which tier; the first that matches counts. */
  readonly tiers: readonly { readonly tier: string; readonly globs: readonly Glob[] }[];
  readonly timeZone: string;
  readonly offsetAt: OffsetAt;
}

/** Texts count up to here, in UTF-16 units: what an expression can cost is known because of it. */
export const longestText = 2_048;
/** A tool's name counts up to here. */
export const longestToolName = 256;
/** So many names of tools count. */
export const mostToolNames = 1_024;

/** Headers that hold secrets: no rule sees them, so that no explanation can show them. */
export const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
]);

const noTags: Readonly<Record<string, string>> = Object.freeze({});

/** What one decision knows, found when first asked for and then kept. */
export class Facts {
  /** What the variables of `exists` and its like stand for at the moment, outermost first. */
  readonly locals: (string | number | boolean)[] = [];
  #addedTags: Map<string, string> | undefined;
  readonly #context: RuleContext;
  readonly #settings: FactSettings;
  #model: string | undefined;
  #tier: string | undefined;
  #inputTokens: number | undefined;
  #toolNames: readonly string[] | undefined;
  #toolCount: number | undefined;
  #thinking: boolean | undefined;
  #images: boolean | undefined;
  #agent: Agent | undefined;
  #time: ClockTime | undefined;
  #budget: BudgetUse | undefined;

  constructor(context: RuleContext, settings: FactSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  get model(): string {
    return (this.#model ??= clipped(canonicalModel(this.#context.request.modelAsked)));
  }

  get tier(): string {
    return (this.#tier ??= this.#findTier());
  }

  get endpoint(): string {
    return clipped(this.#context.request.endpoint);
  }

  get stream(): boolean {
    return this.#context.request.stream;
  }

  /** 0 when the request does not say. */
  get maxTokens(): number {
    return this.#context.request.maxTokens ?? 0;
  }

  get inputTokens(): number {
    return (this.#inputTokens ??= this.#context.request.inputTokens);
  }

  get toolNames(): readonly string[] {
    return (this.#toolNames ??= this.#readTools());
  }

  get toolCount(): number {
    return (this.#toolCount ??= this.#context.request.toolNames.length);
  }

  get thinking(): boolean {
    return (this.#thinking ??= this.#context.request.thinking);
  }

  get images(): boolean {
    return (this.#images ??= this.#context.request.images);
  }

  get agent(): Agent {
    return (this.#agent ??= this.#context.request.agent);
  }

  get session(): string {
    return clipped(this.#context.request.sessionId ?? "");
  }

  get address(): string {
    return clipped(this.#context.request.address ?? "");
  }

  get key(): string {
    return clipped(this.#context.principal.keyName);
  }

  get user(): string {
    return clipped(this.#context.principal.user ?? "");
  }

  get team(): string {
    return clipped(this.#context.principal.team ?? "");
  }

  get customer(): string {
    return clipped(this.#context.principal.customer ?? "");
  }

  get time(): ClockTime {
    const { timeZone, offsetAt } = this.#settings;
    return (this.#time ??= clockTime(this.#context.atMs, timeZone, offsetAt));
  }

  get budget(): BudgetUse {
    return (this.#budget ??= budgetUse(this.#context.budgets ?? []));
  }

  /** Empty for a header that is missing, and for one that may hold a secret. */
  header(name: string): string {
    const { headers } = this.#context.request;
    const value = Object.hasOwn(headers, name) && !secretHeaders.has(name) ? headers[name] : undefined;
    if (value === undefined) return "";
    return clipped(typeof value === "string" ? value : value.join(", "));
  }

  hasHeader(name: string): boolean {
    const { headers } = this.#context.request;
    return Object.hasOwn(headers, name) && headers[name] !== undefined && !secretHeaders.has(name);
  }

  /** What rules that held have added. */
  get addedTags(): Readonly<Record<string, string>> {
    return this.#addedTags === undefined ? noTags : Object.fromEntries(this.#addedTags);
  }

  addTags(tags: Readonly<Record<string, string>>): void {
    this.#addedTags ??= new Map();
    for (const [name, value] of Object.entries(tags)) this.#addedTags.set(name, value);
  }

  /** Empty for a tag that is missing. */
  tag(name: string): string {
    const added = this.#addedTags?.get(name);
    if (added !== undefined) return clipped(added);
    const { tags } = this.#context.principal;
    return tags !== undefined && Object.hasOwn(tags, name) ? clipped(tags[name] ?? "") : "";
  }

  hasTag(name: string): boolean {
    return this.#addedTags?.has(name) === true || Object.hasOwn(this.#context.principal.tags ?? {}, name);
  }

  healthy(provider: string): boolean {
    return this.#context.healthy?.(provider) ?? true;
  }

  #findTier(): string {
    const { model } = this;
    return this.#settings.tiers.find(({ globs }) => globs.some((glob) => glob.matches(model)))?.tier ?? "other";
  }

  #readTools(): readonly string[] {
    const { toolNames } = this.#context.request;
    this.#toolCount = toolNames.length;
    const fits = toolNames.length <= mostToolNames && toolNames.every(({ length }) => length <= longestToolName);
    return fits ? toolNames : toolNames.slice(0, mostToolNames).map((name) => name.slice(0, longestToolName));
  }
}

function clipped(text: string): string {
  return text.length > longestText ? text.slice(0, longestText) : text;
}
