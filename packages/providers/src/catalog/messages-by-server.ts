import { compatibleMessages, type MessagesPlatform } from "@drawbridge/translator";

/** The Messages API of a server that translates it for its own models, which take no PDFs. */
export function messagesByServer(title: string): MessagesPlatform {
  const inMessages = new Set(["text", "image", "tool_result", "thinking", "tool_use"]);
  return { ...compatibleMessages, title, blocks: { inMessages, inResults: new Set(["text", "image"]) } };
}
