import type { Content, GenerateContentConfig, Part, Tool, ToolConfig } from "@google/genai";
import { expectTypeOf, test } from "vitest";
import type { GeminiContent, GeminiGenerationConfig, GeminiPart, GeminiRequest } from "./gemini-request.ts";

/** A type of ours with lists as the SDK has them: it writes none of them as read-only. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** A type of the SDK's as JSON: values of its enumerations are their texts, and methods are nothing. */
type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T;

type Field<Key extends keyof GeminiRequest> = Mutable<NonNullable<GeminiRequest[Key]>>;
/** The schema of the older form is taken as it is: its numbers are texts in the SDK and numbers in JSON. */
type Config = Omit<Mutable<GeminiGenerationConfig>, "responseSchema">;
type Tools = (Omit<Field<"tools">[number], "functionDeclarations"> & {
  functionDeclarations?: Omit<NonNullable<Field<"tools">[number]["functionDeclarations"]>[number], "parameters">[];
})[];

test("the SDK's own types of contents and parts accept what is encoded", () => {
  expectTypeOf<Mutable<GeminiContent>>().toExtend<Json<Content>>();
  expectTypeOf<Mutable<GeminiPart>>().toExtend<Json<Part>>();
  expectTypeOf<Field<"systemInstruction">>().toExtend<Json<Content>>();
});

test("the SDK's own types of tools and settings accept what is encoded", () => {
  expectTypeOf<Tools>().toExtend<Json<Tool>[]>();
  expectTypeOf<Field<"toolConfig">>().toExtend<Json<ToolConfig>>();
  // The SDK keeps the generation's settings, the tools and the system instruction in one object.
  expectTypeOf<Config>().toExtend<Json<GenerateContentConfig>>();
});
