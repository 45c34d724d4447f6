/** Which price list holds for a kind of provider; a kind that is not here has none, so that its models are unpriced. */
const lists: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  azure: "azure",
  bedrock: "aws",
  "bedrock-converse": "aws",
  cerebras: "cerebras",
  cloudflare: "cloudflare",
  cohere: "cohere",
  deepseek: "deepseek",
  fireworks: "fireworks",
  foundry: "azure",
  gemini: "google",
  groq: "groq",
  minimax: "minimax",
  mistral: "mistral",
  moonshot: "moonshotai",
  openai: "openai",
  openrouter: "openrouter",
  perplexity: "perplexity",
  together: "together",
  vertex: "google",
  xai: "x-ai",
  zai: "zai",
};

/** The price list, by its name in `@pydantic/genai-prices`, that holds for a kind of provider; undefined for none. */
export function listOfKind(kind: string): string | undefined {
  return Object.hasOwn(lists, kind) ? lists[kind] : undefined;
}
