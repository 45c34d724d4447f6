import type { ConverseRequest as SdkRequest } from "@aws-sdk/client-bedrock-runtime";
import { expectTypeOf, test } from "vitest";
import type { ConverseRequest } from "./converse-request.ts";

/** A type of the SDK as it stands on the wire: bytes as base64, lists read only, and no members that nobody knows. */
type OnWire<T> = T extends Uint8Array
  ? string
  : T extends readonly (infer Item)[]
    ? readonly OnWire<Item>[]
    : T extends { $unknown: unknown }
      ? never
      : T extends object
        ? { readonly [Key in keyof T as Key extends "$unknown" ? never : Key]: OnWire<T[Key]> }
        : T;

/** Any JSON may stand there; the SDK's own type for it leads nowhere. */
type OpenFields = "toolConfig" | "additionalModelRequestFields" | "messages";

test("the SDK's own type of a request accepts what is encoded", () => {
  type Sdk = OnWire<Omit<SdkRequest, OpenFields | "modelId">>;
  expectTypeOf<Omit<ConverseRequest, OpenFields>>().toExtend<Sdk>();
});

test("the SDK's own types of messages and tools accept what is encoded", () => {
  type SdkMessage = NonNullable<SdkRequest["messages"]>[number];
  type Message = ConverseRequest["messages"][number];
  type SdkKinds = keyof Exclude<NonNullable<SdkMessage["content"]>[number], { $unknown: unknown }>;
  type Kinds = Message["content"][number] extends infer Kind ? (Kind extends object ? keyof Kind : never) : never;
  expectTypeOf<Kinds>().toExtend<SdkKinds>();
  expectTypeOf<Message["role"]>().toExtend<SdkMessage["role"]>();

  type SdkBlock<Key extends string> = Extract<NonNullable<SdkMessage["content"]>[number], Record<Key, object>>[Key &
    keyof NonNullable<SdkMessage["content"]>[number]];
  type Block<Key extends string> = Extract<Message["content"][number], Readonly<Record<Key, unknown>>>[Key &
    keyof Extract<Message["content"][number], Readonly<Record<Key, unknown>>>];
  expectTypeOf<Block<"image">>().toExtend<OnWire<SdkBlock<"image">>>();
  expectTypeOf<Block<"document">>().toExtend<OnWire<SdkBlock<"document">>>();
  expectTypeOf<Block<"cachePoint">>().toExtend<OnWire<SdkBlock<"cachePoint">>>();
  expectTypeOf<Block<"reasoningContent">>().toExtend<OnWire<SdkBlock<"reasoningContent">>>();
  expectTypeOf<Omit<Block<"toolUse">, "input">>().toExtend<OnWire<Omit<SdkBlock<"toolUse">, "input">>>();
  expectTypeOf<Omit<Block<"toolResult">, "content">>().toExtend<OnWire<Omit<SdkBlock<"toolResult">, "content">>>();
});

test("the SDK's own type of a tool accepts what is encoded", () => {
  type SdkConfig = NonNullable<SdkRequest["toolConfig"]>;
  type Config = NonNullable<ConverseRequest["toolConfig"]>;
  type SdkSpec = Extract<NonNullable<SdkConfig["tools"]>[number], { toolSpec: object }>["toolSpec"];
  type Spec = Extract<Config["tools"][number], { readonly toolSpec: object }>["toolSpec"];
  expectTypeOf<Omit<Spec, "inputSchema">>().toExtend<OnWire<Omit<SdkSpec, "inputSchema">>>();
  expectTypeOf<NonNullable<Config["toolChoice"]>>().toExtend<OnWire<NonNullable<SdkConfig["toolChoice"]>>>();
});
