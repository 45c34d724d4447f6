import { type FakeDialect, type FakeProvider, type HttpErrorFault } from "@drawbridge/providers/testing";
import { aliceKey, upstreamKey } from "../scenario.ts";

/** One dialect of an upstream, and what its vendor says there. */
export interface UpstreamDialect {
  readonly dialect: FakeDialect;
  /** A model of the kind that one meets behind this dialect. */
  readonly model: string;
  /** The vendor's own words for a conversation that is too long. */
  readonly overflow: HttpErrorFault;
}

/** Every dialect that an upstream may speak. */
export const upstreamDialects: readonly UpstreamDialect[] = [
  {
    dialect: "anthropic-messages",
    model: "claude-sonnet-4-6",
    overflow: refusal("prompt is too long: 200049 tokens > 200000 maximum"),
  },
  {
    dialect: "openai-chat",
    model: "qwen3-coder",
    overflow: refusal(
      "This model's maximum context length is 131072 tokens. However, your messages resulted in 140000 tokens.",
    ),
  },
  {
    dialect: "openai-responses",
    model: "gpt-5.6",
    overflow: {
      ...refusal("Your input exceeds the context window of this model. Please adjust your input and try again."),
      code: "context_length_exceeded",
    },
  },
  {
    dialect: "gemini",
    model: "gemini-3.8-flash",
    overflow: refusal("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
  },
  {
    dialect: "bedrock-converse",
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    overflow: refusal("The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum"),
  },
];

/** A gateway's configuration with one provider a dialect; the model `on-<dialect>` is each one's. */
export function configForEach(upstream: FakeProvider): Readonly<Record<string, unknown>> {
  const providers = upstreamDialects.map(({ dialect }) => [
    dialect,
    { kind: dialect, baseUrl: upstream.baseUrlFor(dialect), apiKey: upstreamKey },
  ]);
  return {
    providers: Object.fromEntries(providers),
    models: upstreamDialects.map(({ dialect, model }) => ({ match: `on-${dialect}`, target: `${dialect}/${model}` })),
    keys: [{ name: "alice", value: aliceKey }],
  };
}

function refusal(message: string): HttpErrorFault {
  return { kind: "http-error", status: 400, message };
}
