import type { Surface } from "./entry.ts";

/** Chat completions where they are below the address of a server that has other APIs as well. */
export const chatBelowV1: Surface = { dialect: "openai-chat", path: () => "/v1" };
