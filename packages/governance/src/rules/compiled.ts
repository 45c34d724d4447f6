import type { Facts } from "./facts.ts";

/** A type of values that conditions make. */
export type ScalarType = "bool" | "int" | "double" | "string";

interface Typed<Type, Value> {
  readonly type: Type;
  readonly run: (facts: Facts) => Value;
  /** The most steps that it can take, whatever the request. */
  readonly cost: number;
  /** True when `run` can throw for some requests. */
  readonly canFail: boolean;
  /** The value itself, where it stands in the condition. */
  readonly literal?: Value | undefined;
}

/** What makes true or false. */
export type CompiledBool = Typed<"bool", boolean>;

/** What makes a number. Whole numbers are exact to 2^53. */
export type CompiledNumber = Typed<"int" | "double", number>;

/** What makes a text. */
export interface CompiledText extends Typed<"string", string> {
  /** The longest that the text can be. */
  readonly length: number;
  /** All that the text can be, where that is a fixed choice. */
  readonly values?: readonly string[] | undefined;
}

/** What makes a list. */
export interface CompiledList extends Typed<"list", readonly (string | number | boolean)[]> {
  readonly of: ScalarType;
  /** The most entries that it can have. */
  readonly count: number;
  /** The longest that a text in it can be. */
  readonly length: number;
}

/** Texts by name: a name that is missing stands for an empty text. */
export interface CompiledMap {
  readonly type: "map";
  /** How it is called, for messages. */
  readonly name: string;
  get(facts: Facts, key: string): string;
  has(facts: Facts, key: string): boolean;
  /** What is wrong with a name, as the end of a sentence; undefined when nothing is. */
  problem(key: string): string | undefined;
  /** The name under which `key` is kept. */
  canonical(key: string): string;
}

/** A group of values with fixed names. */
export interface CompiledRecord {
  readonly type: "record";
  readonly name: string;
  readonly fields: Readonly<Record<string, CompiledValue>>;
}

/** A part of an condition that makes a value. */
export type CompiledValue = CompiledBool | CompiledNumber | CompiledText | CompiledList;

/** A part of an condition, ready to run. */
export type Compiled = CompiledValue | CompiledMap | CompiledRecord;
