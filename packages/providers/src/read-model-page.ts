/** One page of a list of models. */
export interface ModelPage {
  readonly names: readonly string[];
  /** What asks for the next page, as a query without its question mark. */
  readonly next: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Keys under which lists stand: OpenAI and Anthropic; Ollama, Gemini, Cohere; Bedrock; Vertex; Cloudflare; Databricks. */
const lists = [
  "data",
  "models",
  "modelSummaries",
  "inferenceProfileSummaries",
  "publisherModels",
  "result",
  "endpoints",
];

/** Reads one page of whatever shape; what is no list of models is an empty one. */
export function readModelPage(answer: unknown): ModelPage {
  if (Array.isArray(answer)) return { names: namesOf(answer), next: undefined };
  if (!isRecord(answer)) return { names: [], next: undefined };
  const list = lists.map((key) => answer[key]).find((value) => Array.isArray(value));
  return { names: Array.isArray(list) ? namesOf(list) : [], next: nextOf(answer) };
}

/** Sources: the references of Anthropic ("List models"), Google (AIP-158), Bedrock and Cohere. */
function nextOf(page: Fields): string | undefined {
  const query = (name: string, value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? `${name}=${encodeURIComponent(value)}` : undefined;
  return (
    (page["has_more"] === true ? query("after_id", page["last_id"]) : undefined) ??
    query("pageToken", page["nextPageToken"]) ??
    query("nextToken", page["nextToken"]) ??
    query("page_token", page["next_page_token"])
  );
}

function namesOf(list: readonly unknown[]): string[] {
  return list.flatMap((item) => {
    if (typeof item === "string") return item === "" ? [] : [item];
    if (!isRecord(item) || !writesText(item)) return [];
    const name = nameOf(item);
    return name === undefined ? [] : [name];
  });
}

function nameOf(item: Fields): string | undefined {
  const { name } = item;
  // Where a list tells tasks (Cloudflare, Databricks), its ids are numbers that nobody asks for.
  const own = item["task"] === undefined ? item["id"] : undefined;
  const ids = [own, item["modelId"], item["inferenceProfileId"], name];
  const id = ids.find((one) => typeof one === "string" && one !== "");
  if (typeof id !== "string") return undefined;
  // Gemini lists "models/gemini-…", Vertex "publishers/anthropic/models/claude-…"; both take the short name.
  return id.replace(/^(?:publishers\/[^/]+\/)?models\//, "");
}

/** Many lists have models that make vectors, pictures or films, and some say so. */
function writesText(item: Fields): boolean {
  const { architecture, capabilities } = item;
  return (
    includes(item["supportedGenerationMethods"], "generateContent") &&
    includes(item["outputModalities"], "TEXT") &&
    includes(item["supported_output_modalities"], "text") &&
    includes(isRecord(architecture) ? architecture["output_modalities"] : undefined, "text") &&
    includes(item["inferenceTypesSupported"], "ON_DEMAND") &&
    !(isRecord(capabilities) && capabilities["completion_chat"] === false) &&
    isChat(item["task"]) &&
    !notForText.has(String(item["type"]))
  );
}

/** Kinds in Together's list that answer no chat. Source: docs.together.ai, "List all models". */
const notForText = new Set(["image", "embedding", "moderation", "rerank", "audio", "video", "transcribe"]);

/** True where the list does not say. */
function includes(values: unknown, wanted: string): boolean {
  return !Array.isArray(values) || values.includes(wanted);
}

/** Databricks tells an endpoint's task, Cloudflare a task with a name. */
function isChat(task: unknown): boolean {
  const name = isRecord(task) ? task["name"] : task;
  return typeof name !== "string" || /chat|responses|text[ -]generation/i.test(name);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
