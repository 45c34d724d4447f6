import type { CatalogEntry } from "../catalog/entry.ts";
import { createProviderOf, type ProviderParts } from "../create-provider.ts";
import type { Provider } from "../provider.ts";
import { type DemoWorld, demoTransport } from "./demo-transport.ts";

/** What the demo provider is made with; time is the machine's own by default. */
export interface DemoOptions extends Partial<DemoWorld> {
  readonly dialects: ProviderParts["dialects"];
}

const entry: CatalogEntry = {
  id: "demo",
  title: "Drawbridge demo",
  dialect: "openai-chat",
  // Reserved by RFC 2606: can never be a host. No connection is made.
  baseUrl: "http://demo.invalid/v1",
  auth: "bearer",
  knows: ["demo"],
  chatProfiles: [{ match: "*", profile: { efforts: ["low", "medium", "high"], reasoningBack: "reasoning_content" } }],
  local: true,
};

/**
 * Makes a provider named `demo` that answers by itself, so that the whole path can be tried offline: it streams
 * thinking and text, calls one harmless tool and reports its result, and says in every answer that it is no model.
 */
export function demoProvider({ dialects, sleep = realSleep, clock = Date.now }: DemoOptions): Provider {
  const transport = demoTransport({ sleep, clock });
  return createProviderOf({ name: "demo", entry }, { models: ["demo"] }, { transport, dialects, clock });
}

function realSleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
