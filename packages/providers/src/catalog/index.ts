import { anthropic } from "./anthropic.ts";
import type { CatalogEntry } from "./entry.ts";
import { anthropicMessagesServer, openaiChatServer } from "./generic.ts";

const entries: readonly CatalogEntry[] = [anthropic, openaiChatServer, anthropicMessagesServer];

/** The kinds of provider that are known in advance, by id, in the order in which they are tried and shown. */
export const catalog: ReadonlyMap<string, CatalogEntry> = new Map(entries.map((entry) => [entry.id, entry]));
