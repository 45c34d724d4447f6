import type { CompiledValue } from "./compiled.ts";

/** What must be so for a condition to hold. Where it is not, the condition is false, and does not fail. */
export interface Demand {
  /** What it is about; of a list, one of the entries. */
  readonly subject: Subject;
  readonly test: "is" | "startsWith";
  /** One of them must pass the test. */
  readonly values: readonly (string | number | boolean)[];
  /** True when whoever asks the condition reads the subject in any case. */
  readonly always: boolean;
}

/** Something that a request says, which cannot fail. */
export interface Subject {
  /** As it stands in the condition. */
  readonly text: string;
  /** The variable that it is, or is a part of. */
  readonly variable: string;
  /** Which part, where that is one of many: a header, a tag. */
  readonly part?: string | undefined;
  readonly value: CompiledValue;
}
