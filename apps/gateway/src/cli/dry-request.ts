import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  chatClient,
  type ClientCall,
  type ClientDialect,
  messagesClient,
  responsesClient,
  isTranslatorError,
} from "@drawbridge/translator";
import { StartError } from "../start-error.ts";
import type { DryEndpoint, ExplainArguments } from "./explain-arguments.ts";

/** In which API each endpoint is asked. */
export const dryClients: Readonly<Record<DryEndpoint, ClientDialect>> = {
  messages: messagesClient,
  count_tokens: messagesClient,
  chat: chatClient,
  responses: responsesClient,
};

/** The request that a dry run is about. Throws a StartError for one that is none. */
export async function dryRequest({ request, model, endpoint }: ExplainArguments, cwd: string): Promise<ClientCall> {
  const body = request === undefined ? shortRequest(endpoint) : await readRequest(path.resolve(cwd, request));
  const asked = { ...body, ...(model !== undefined && { model }) };
  try {
    return dryClients[endpoint].decodeRequest(Buffer.from(JSON.stringify(asked)), { createdAtSeconds: 0 });
  } catch (error) {
    if (isTranslatorError(error)) throw new StartError(`--request: ${error.message}`, { cause: error });
    throw error;
  }
}

function shortRequest(endpoint: DryEndpoint): object {
  const model = "claude-opus-5-5";
  const messages = [{ role: "user", content: "hi" }];
  return endpoint === "responses" ? { model, input: "hi" } : { model, max_tokens: 1_024, messages };
}

async function readRequest(file: string): Promise<object> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new StartError(`--request: ${file} cannot be read: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new StartError(`--request: ${file} holds no request; wanted a JSON object`);
}
