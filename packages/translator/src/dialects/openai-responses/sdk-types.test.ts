import type { ResponseCreateParams } from "openai/resources/responses/responses";
import { expectTypeOf, test } from "vitest";
import type { InputItem, ResponsesRequest } from "./responses-request.ts";

/** A type of ours with lists as the SDK has them: it writes none of them as read-only. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

test("the SDK's own type of a request accepts what is encoded", () => {
  expectTypeOf<Mutable<ResponsesRequest>>().toExtend<ResponseCreateParams>();
});

test("the SDK's own type of an item accepts each kind that is encoded", () => {
  type SdkItem = Extract<NonNullable<ResponseCreateParams["input"]>, unknown[]>[number];
  expectTypeOf<Mutable<InputItem>>().toExtend<SdkItem>();
});
