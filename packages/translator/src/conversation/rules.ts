import type { NameRule } from "./wire-names.ts";

/** What the neutral parts of an encoding must know of the other side; each dialect derives it from its profile. */
export interface ConversationRules {
  readonly toolNames: NameRule;
  /** Gives the provider's form of a tool call's id: the id itself where it may stay. A pure function. */
  readonly callId: (id: string) => string;
  /** Images: accepted, or replaced by a note. */
  readonly images: boolean;
  /** Images by their address: accepted, or replaced by a note. */
  readonly imageUrls: boolean;
  /** PDFs: accepted, or replaced by a note. */
  readonly pdfs: boolean;
  /** Documents by their address: accepted, or replaced by the address. */
  readonly documentUrls: boolean;
  /** Where the provider takes cache markers. With "anywhere" the dialect reads those of tools, calls and results itself. */
  readonly cacheMarks: "nowhere" | "on-text" | "anywhere";
  /** True when the provider runs a web search of its own; then a declared one is handed to the dialect. */
  readonly webSearch: boolean;
  /** False when the provider cannot be made to call a tool. */
  readonly forcesTools: boolean;
  /** True when the provider can be told to call one tool at a time. */
  readonly parallelSwitch: boolean;
  /** Greatest number of tools, or undefined. */
  readonly maxTools: number | undefined;
  /** Greatest number of characters of a tool's description, or undefined. */
  readonly maxToolDescription: number | undefined;
}
