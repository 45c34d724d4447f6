import { aliasOf } from "@drawbridge/governance";
import type { ModelFacts } from "@drawbridge/providers/models";

interface Support {
  readonly supported: boolean;
}

/** What the Models API tells of what a model can do; only what Drawbridge itself decides or knows. */
interface ModelCapabilities {
  readonly batch: Support;
  readonly citations: Support;
  readonly code_execution: Support;
  readonly context_management: Support & {
    readonly clear_thinking_20251015: Support;
    readonly clear_tool_uses_20250919: Support;
    readonly compact_20260112: null;
  };
  readonly effort: Support & Readonly<Record<"low" | "medium" | "high" | "xhigh" | "max", Support>>;
  readonly image_input: Support;
  readonly pdf_input: Support;
  readonly server_tools: Support & Readonly<Record<"code_execution" | "web_search", Support>>;
  readonly structured_outputs: Support;
  readonly thinking: Support & {
    readonly types: Readonly<Record<"adaptive" | "between_tools" | "disabled" | "enabled", Support>>;
  };
}

/** A model as the Models API shows it. Source: `ModelInfo` in anthropic-sdk-typescript. */
export interface ModelInfo {
  readonly type: "model";
  readonly id: string;
  /** Never null: Claude Code throws the whole list away for one such entry. */
  readonly display_name: string;
  readonly created_at: string;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
  readonly capabilities: ModelCapabilities | null;
  readonly lifecycle: "active" | "deprecated";
  readonly line: null;
  readonly deprecated_at: null;
  readonly retires_at: null;
}

/** A model to be shown, as far as it is known. */
export interface ShownModel {
  /** Any name that routes. */
  readonly name: string;
  readonly facts: ModelFacts;
  /** False where requests pass as they are, so that only the provider decides what it takes. */
  readonly translated: boolean;
}

/** A model as the Models API shows it. */
export function modelInfo({ name, facts, translated }: ShownModel): ModelInfo {
  return {
    type: "model",
    id: aliasOf(name),
    display_name: name,
    // An unknown release date is the epoch, as in Anthropic's own API.
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: facts.maxInputTokens ?? facts.contextWindow ?? null,
    max_tokens: facts.maxOutputTokens ?? null,
    capabilities: translated && facts.input !== undefined ? capabilitiesOf(facts) : null,
    lifecycle: facts.deprecated === true ? "deprecated" : "active",
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

const yes: Support = { supported: true };
const no: Support = { supported: false };

/** What a request may ask of a model that is translated for: edits of the context are made here, efforts are mapped. */
function capabilitiesOf({ input = [], thinking, structuredOutput }: ModelFacts): ModelCapabilities {
  const when = (supported: boolean | undefined): Support => (supported === true ? yes : no);
  const thinks = when(thinking);
  return {
    batch: no,
    citations: no,
    code_execution: no,
    context_management: {
      ...yes,
      clear_thinking_20251015: yes,
      clear_tool_uses_20250919: yes,
      compact_20260112: null,
    },
    effort: { ...thinks, low: thinks, medium: thinks, high: thinks, xhigh: thinks, max: thinks },
    image_input: when(input.includes("image")),
    pdf_input: when(input.includes("pdf")),
    server_tools: { ...no, code_execution: no, web_search: no },
    structured_outputs: when(structuredOutput),
    thinking: { ...thinks, types: { adaptive: thinks, between_tools: no, disabled: yes, enabled: thinks } },
  };
}
