/** A way to reach models in the clouds, and what is seen of it there. */
export interface CloudSurface {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  /** Where a whole answer and a stream are asked for. */
  readonly paths: readonly [string, string];
  /** Missing where tokens are not counted by the cloud. */
  readonly counts?: string;
  /** Where Claude's betas are told. */
  readonly betas?: "header" | "body";
}

const claude = "claude-sonnet-4-6@20260101";
const places = "/v1/projects/acme/locations/europe-west1";
/** Every way to reach models in the clouds. */
export const cloudSurfaces: readonly CloudSurface[] = [
  {
    name: "Claude by Bedrock's InvokeModel",
    provider: "bedrock",
    model: "eu.anthropic.claude-sonnet-4-6-v1:0",
    paths: [
      "/model/eu.anthropic.claude-sonnet-4-6-v1%3A0/invoke",
      "/model/eu.anthropic.claude-sonnet-4-6-v1%3A0/invoke-with-response-stream",
    ],
    // A model is counted for, not a profile of it.
    counts: "/model/anthropic.claude-sonnet-4-6-v1%3A0/count-tokens",
    betas: "body",
  },
  {
    name: "Claude by Bedrock's Messages API",
    provider: "messages",
    model: "eu.anthropic.claude-opus-5",
    paths: ["/anthropic/v1/messages", "/anthropic/v1/messages"],
    counts: "/anthropic/v1/messages/count_tokens",
    betas: "header",
  },
  {
    name: "GPT by Bedrock's Responses API",
    provider: "responses",
    model: "openai.gpt-5.4",
    paths: ["/openai/v1/responses", "/openai/v1/responses"],
  },
  {
    name: "a model's ARN by Bedrock's Converse",
    provider: "bedrock",
    model: "arn:aws:bedrock:eu-central-1:1:application-inference-profile/a1b2c3",
    paths: [
      "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fa1b2c3/converse",
      "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fa1b2c3/converse-stream",
    ],
  },
  {
    name: "Claude by Vertex AI's rawPredict",
    provider: "vertex",
    model: claude,
    paths: [
      `${places}/publishers/anthropic/models/${claude}:rawPredict`,
      `${places}/publishers/anthropic/models/${claude}:streamRawPredict`,
    ],
    counts: `${places}/publishers/anthropic/models/count-tokens:rawPredict`,
    betas: "header",
  },
  {
    name: "Gemini on Vertex AI",
    provider: "vertex",
    model: "gemini-3.8-flash",
    paths: [
      `${places}/publishers/google/models/gemini-3.8-flash:generateContent`,
      `${places}/publishers/google/models/gemini-3.8-flash:streamGenerateContent?alt=sse`,
    ],
  },
  {
    name: "an open model on Vertex AI",
    provider: "vertex",
    model: "qwen/qwen3-coder-480b-a35b-instruct-maas",
    paths: [`${places}/endpoints/openapi/chat/completions`, `${places}/endpoints/openapi/chat/completions`],
  },
  {
    name: "Azure OpenAI's v1",
    provider: "azure",
    model: "gpt-5.6",
    paths: ["/openai/v1/responses", "/openai/v1/responses"],
  },
  {
    name: "a deployment of Azure OpenAI",
    provider: "deployments",
    model: "our-gpt",
    paths: [
      "/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21",
      "/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21",
    ],
  },
  {
    name: "Claude in Foundry",
    provider: "foundry",
    model: "claude-sonnet-4-6",
    paths: ["/anthropic/v1/messages", "/anthropic/v1/messages"],
    counts: "/anthropic/v1/messages/count_tokens",
    betas: "header",
  },
];
