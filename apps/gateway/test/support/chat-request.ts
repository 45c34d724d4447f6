import type { SeenRequest } from "@drawbridge/providers/testing";

/** One content part of a chat message. */
export interface ChatPart {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url: string };
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string | readonly ChatPart[] | null;
  readonly reasoning_content?: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

/** A chat completions request as an upstream saw it. The fake provider has checked its shape. */
export interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: unknown } }[];
}

/** Reads what an upstream saw as a chat completions request; throws when there was no such request. */
export function chatRequest(seen: SeenRequest | undefined): ChatRequest {
  if (seen === undefined) throw new Error("the upstream saw no such request");
  return seen.body as ChatRequest;
}

/** All text of a message, images left out. */
export function textOf({ content }: ChatMessage): string {
  if (content === null) return "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("\n");
}

/** All text of a conversation. */
export function textOfAll({ messages }: ChatRequest): string {
  return messages.map(textOf).join("\n");
}

/** The texts of all tool results, by the id of their call. */
export function toolResults({ messages }: ChatRequest): Readonly<Record<string, string>> {
  const results = messages.filter((message) => message.role === "tool");
  return Object.fromEntries(results.map((message) => [message.tool_call_id ?? "", textOf(message)]));
}

/** Names of the tools that the model may call. */
export function toolNames({ tools }: ChatRequest): readonly string[] {
  return (tools ?? []).map((tool) => tool.function.name);
}
