import { bedrockInvoke, bedrockMessages } from "@drawbridge/translator";
import type { CatalogEntry, Places } from "./entry.ts";

/** China's regions have a domain of their own. */
function host(service: string, { region = "" }: Places): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

// Sources: AWS, "Amazon Bedrock endpoints and quotas", "Supported foundation models", "Inference profiles". Claude keeps
// all it can do through InvokeModel; everything else, and application profiles, whose ARNs do not tell their model, goes
// through Converse. For such a profile of Claude's there is `dialect: anthropic-messages`. The Messages API by its own name
// ("Inference using Anthropic Messages API"; a Bedrock key is an x-api-key there) and OpenAI's APIs ("Responses API", "Chat
// Completions") are chosen by their addresses, which end in /anthropic and /openai/v1.
export const bedrock: CatalogEntry = {
  id: "bedrock",
  title: "Amazon Bedrock",
  billsOn: true,
  dialect: "bedrock-converse",
  surfaces: [{ match: ["*anthropic.claude*"], dialect: "anthropic-messages", platform: bedrockInvoke }],
  choices: [
    { dialect: "bedrock-converse" },
    { dialect: "anthropic-messages", platform: bedrockInvoke },
    { dialect: "anthropic-messages", platform: bedrockMessages, path: () => "/anthropic" },
    { dialect: "openai-responses", path: () => "/openai/v1" },
    { dialect: "openai-chat", path: () => "/openai/v1" },
  ],
  baseUrl: (places) => host("bedrock-runtime", places),
  places: [
    {
      name: "region",
      variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
      pattern: /^[a-z]{2,3}(-[a-z]+)+-\d{1,2}$/,
      wanted: "a region such as eu-central-1",
    },
  ],
  apiKeyVariables: ["AWS_BEARER_TOKEN_BEDROCK"],
  switches: ["CLAUDE_CODE_USE_BEDROCK"],
  auth: ["bearer", "x-api-key"],
  cloud: "aws",
  knows: ["anthropic.*", "*.anthropic.*", "amazon.nova*", "*.amazon.nova*", "arn:aws*:bedrock:*"],
  defaultModels: {
    large: "global.anthropic.claude-sonnet-4-6",
    small: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
  },
  modelLists: (baseUrl) => {
    const control = baseUrl.replace("//bedrock-runtime.", "//bedrock.");
    return [`${control}/foundation-models?byOutputModality=TEXT`, `${control}/inference-profiles?maxResults=1000`];
  },
};
