import type { Dialect, Target } from "../../dialects/dialect.ts";
import { isRecord } from "../../json/is-record.ts";

/** A tool call as a model makes it, under the name and the id that it has on the wire. */
export interface SpokenCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a model says in one turn; `state` is what it alone can read and wants back, in base64. */
export interface SpokenAnswer {
  readonly thinking: string | undefined;
  readonly state: string | undefined;
  readonly text: string | undefined;
  readonly calls: readonly SpokenCall[];
}

/** A model behind one dialect: what it says, in its own words, and what it refuses to be told. */
export interface Speaker {
  readonly name: string;
  readonly dialect: Dialect;
  readonly target: Target;
  /** Whose state it can read: speakers of the same mind read each other's. Missing where none is taken back. */
  readonly mind?: string;
  /** False for an answer whose state it does not insist on; missing where it wants every state back. */
  insists?(answer: SpokenAnswer): boolean;
  /** The id of the nth call of a turn. */
  callId(turn: number, call: number): string;
  /** The declared tools by their names on the wire, in the order of the request. */
  toolNames(body: Fields): readonly string[];
  /** The answer as it comes over the wire, to be cut anywhere. */
  say(answer: SpokenAnswer): Uint8Array;
  /** What the provider would refuse in a request; undefined when it is sound. */
  fault(body: Fields): string | undefined;
}

/** A JSON object of unknown make. */
export type Fields = Readonly<Record<string, unknown>>;

/** The objects in a list; anything else is none. */
export function objectsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The object under a key; an empty one when there is none. */
export function objectAt(fields: Fields, key: string): Fields {
  const value = fields[key];
  return isRecord(value) ? value : {};
}

/** The string under a key, or an empty one. */
export function textAt(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === "string" ? value : "";
}

/** What is wrong with ids that should answer other ids one by one; undefined when nothing is. */
export function pairingFault(calls: readonly string[], results: readonly string[]): string | undefined {
  if (new Set(calls).size !== calls.length) return `calls share an id: ${calls.join(" ")}`;
  const sorted = (ids: readonly string[]): string => ids.toSorted().join(" ");
  return sorted(calls) === sorted(results) ? undefined : `calls ${calls.join(" ")} but results ${results.join(" ")}`;
}

/** The first fault among several checks. */
export function firstFault(checks: Iterable<string | undefined>): string | undefined {
  for (const fault of checks) if (fault !== undefined) return fault;
  return undefined;
}
