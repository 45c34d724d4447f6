import { expect, test } from "vitest";
import { findProviders } from "./find-providers.ts";

async function found(variables: Record<string, string>) {
  const providers = await findProviders({ variables, probe: () => Promise.resolve(undefined) });
  return providers.map(({ name, source, settings: { apiKey, kind: _kind, ...places } }) => {
    return { name, source, key: apiKey?.reveal(), ...places };
  });
}

test.each([
  ["MOONSHOT_API_KEY", "moonshot"],
  ["ZAI_API_KEY", "zai"],
  ["MINIMAX_API_KEY", "minimax"],
  ["DASHSCOPE_API_KEY", "qwen"],
  ["COHERE_API_KEY", "cohere"],
  ["PERPLEXITY_API_KEY", "perplexity"],
  ["NVIDIA_API_KEY", "nvidia"],
  ["SAMBANOVA_API_KEY", "sambanova"],
  ["NEBIUS_API_KEY", "nebius"],
  ["DEEPINFRA_API_KEY", "deepinfra"],
])("a key in %s is that of %s", async (variable, name) => {
  expect(await found({ [variable]: "k" })).toEqual([{ name, source: `key from ${variable}`, key: "k" }]);
});

test.each(["GITHUB_TOKEN", "HF_TOKEN", "CLOUDFLARE_API_TOKEN", "DATABRICKS_TOKEN", "SNOWFLAKE_TOKEN"])(
  "a key that opens more than models says nothing: %s",
  async (variable) => {
    const places = { CLOUDFLARE_ACCOUNT_ID: "0".repeat(32), DATABRICKS_HOST: "https://a.b", SNOWFLAKE_ACCOUNT: "a" };
    expect(await found({ ...places, [variable]: "k" })).toEqual([]);
  },
);

test("Bedrock is found by a key of its own, where there is a region", async () => {
  expect(await found({ AWS_BEARER_TOKEN_BEDROCK: "k" })).toEqual([]);
  expect(await found({ AWS_BEARER_TOKEN_BEDROCK: "k", AWS_REGION: "eu-central-1" })).toEqual([
    { name: "bedrock", source: "key from AWS_BEARER_TOKEN_BEDROCK", key: "k", region: "eu-central-1" },
  ]);
});

test("a cloud's login means its models only where Claude Code is told so", async () => {
  const aws = {
    AWS_PROFILE: "dev",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_DEFAULT_REGION: "us-east-1",
  };
  expect(await found(aws)).toEqual([]);
  expect(await found({ ...aws, CLAUDE_CODE_USE_BEDROCK: "0" })).toEqual([]);
  expect(await found({ ...aws, CLAUDE_CODE_USE_BEDROCK: "1" })).toEqual([
    { name: "bedrock", source: "meant by CLAUDE_CODE_USE_BEDROCK", key: undefined, region: "us-east-1" },
  ]);
});

test("a cloud that Claude Code is told to use comes before vendors whose keys are there as well", async () => {
  const bedrock = { CLAUDE_CODE_USE_BEDROCK: "1", AWS_REGION: "eu-central-1" };
  const providers = await found({ OPENAI_API_KEY: "k", GROQ_API_KEY: "k", ...bedrock });
  expect(providers.map(({ name }) => name)).toEqual(["bedrock", "openai", "groq"]);
});

test("Vertex is found with its project, and with or without a region", async () => {
  const meant = { CLAUDE_CODE_USE_VERTEX: "1" };
  expect(await found(meant)).toEqual([]);
  const project = { ...meant, ANTHROPIC_VERTEX_PROJECT_ID: "acme-models" };
  const expected = { name: "vertex", source: "meant by CLAUDE_CODE_USE_VERTEX", project: "acme-models" };
  expect(await found(project)).toEqual([expected]);
  expect(await found({ ...project, CLOUD_ML_REGION: "europe-west1" })).toEqual([
    { ...expected, region: "europe-west1" },
  ]);
});

test("Azure is found by a key and an endpoint, of which the resource is taken", async () => {
  expect(await found({ AZURE_OPENAI_API_KEY: "k" })).toEqual([]);
  const endpoint = { AZURE_OPENAI_ENDPOINT: "https://acme-eu.openai.azure.com/" };
  expect(await found({ AZURE_OPENAI_API_KEY: "k", ...endpoint })).toEqual([
    { name: "azure", source: "key from AZURE_OPENAI_API_KEY", key: "k", resource: "acme-eu" },
  ]);
  expect(await found({ ANTHROPIC_FOUNDRY_API_KEY: "k", ANTHROPIC_FOUNDRY_RESOURCE: "acme" })).toEqual([
    { name: "foundry", source: "key from ANTHROPIC_FOUNDRY_API_KEY", key: "k", resource: "acme" },
  ]);
});

test("local servers are asked at the same time, and those that answer are there", async () => {
  const asked: string[] = [];
  const answers = Promise.withResolvers<void>();
  const finding = findProviders({
    variables: {},
    probe: async ({ id }) => {
      asked.push(id);
      if (id === "tgi") answers.resolve();
      await answers.promise;
      return id === "sglang" ? ["qwen3", "glm-5"] : undefined;
    },
  });
  expect(await finding).toEqual([
    {
      name: "sglang",
      settings: { kind: "sglang", models: ["qwen3", "glm-5"] },
      source: "http://127.0.0.1:30000, 2 models",
      tiers: { large: "qwen3", small: "qwen3" },
    },
  ]);
  expect(asked).toEqual(["ollama", "vllm", "sglang", "lmstudio", "llamacpp", "tgi"]);
});
