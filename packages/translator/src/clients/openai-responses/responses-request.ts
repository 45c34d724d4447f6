import { TranslatorError } from "../../errors.ts";
import { parseChecked, refuseUnsound } from "../../messages/parse-request.ts";
import { describeOpenAiProblem } from "../shared/describe-openai-problem.ts";
import { checkResponsesHead, checkResponsesRequest } from "./check-request.ts";

/** One part of an item's content; other types may be there too. */
export type ResponsesPart =
  | { readonly type: "input_text" | "output_text"; readonly text: string }
  | { readonly type: "refusal"; readonly refusal: string }
  | {
      readonly type: "input_image";
      readonly image_url?: string | null;
      readonly file_id?: string | null;
      readonly detail?: string | null;
    }
  | {
      readonly type: "input_file";
      readonly file_data?: string | null;
      readonly file_url?: string | null;
      readonly file_id?: string | null;
      readonly filename?: string | null;
    };

export type ResponsesContent = string | readonly ResponsesPart[];

interface Call {
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string | null;
}

/** One item of the input; other types may be there too. */
export type ResponsesItem =
  | {
      readonly type?: "message" | null;
      readonly role: "user" | "assistant" | "system" | "developer";
      readonly content: ResponsesContent;
    }
  | ({ readonly type: "function_call"; readonly arguments: string } & Call)
  | ({ readonly type: "custom_tool_call"; readonly input: string } & Call)
  | {
      readonly type: "function_call_output" | "custom_tool_call_output";
      readonly call_id: string;
      readonly output: ResponsesContent;
    }
  | {
      readonly type: "reasoning";
      readonly id?: string | null;
      readonly summary?: readonly { readonly text?: string | null }[] | null;
      readonly content?: readonly { readonly text?: string | null }[] | null;
      readonly encrypted_content?: string | null;
    };

export interface ResponsesFunction {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: unknown;
  readonly strict?: boolean | null;
  readonly format?: unknown;
}

/** One tool; other types may be there too. */
export type ResponsesTool =
  | ({ readonly type: "function" | "custom" } & ResponsesFunction)
  | {
      readonly type: "namespace";
      readonly name: string;
      readonly tools: readonly (ResponsesFunction & { readonly type?: string })[];
    }
  | {
      readonly type: "web_search" | "web_search_preview";
      readonly filters?: unknown;
      readonly user_location?: unknown;
    };

export type ResponsesToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function" | "custom"; readonly name: string }
  | { readonly type: "allowed_tools"; readonly mode: "auto" | "required"; readonly tools: readonly unknown[] };

/** A Responses request as a client sends it. Source: `ResponseCreateParams` in openai-node 7.57. */
export interface ResponsesRequest {
  readonly model: string;
  readonly input: string | readonly ResponsesItem[];
  readonly instructions?: string | null;
  readonly tools?: readonly ResponsesTool[] | null;
  readonly tool_choice?: ResponsesToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly stream?: boolean | null;
  readonly reasoning?: {
    readonly effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | null;
    readonly summary?: string | null;
  } | null;
  readonly text?: {
    readonly format?: { readonly type: string; readonly schema?: unknown } | null;
    readonly verbosity?: unknown;
  } | null;
  readonly [key: string]: unknown;
}

/** A Responses request of which only that has been checked which every request needs, wherever it goes. */
export interface ResponsesHead {
  readonly model: string;
  readonly stream?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly [key: string]: unknown;
}

/**
 * Parses a Responses request and checks its {@link ResponsesHead}. Throws a TranslatorError, also for a request whose
 * answer is to be fetched later: it could never be.
 */
export function parseResponsesHead(body: Uint8Array): ResponsesHead {
  const head = asResponsesHead(parseChecked(body, checkResponsesHead, describeOpenAiProblem));
  if (head["background"] !== true) return head;
  const message = "background: answers are given at once and cannot be fetched later; leave it out";
  throw new TranslatorError("unsupported-content", message);
}

/** Checks the rest of a request's structure. Throws a TranslatorError. */
export function checkedResponsesRequest(head: ResponsesHead): ResponsesRequest {
  refuseUnsound(head, checkResponsesRequest, describeOpenAiProblem);
  return asResponsesRequest(head);
}

/** Guaranteed by the check that the value has just passed. */
function asResponsesHead(value: unknown): ResponsesHead {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as ResponsesHead;
}

/** Guaranteed by the check that the value has just passed; types of items, parts and tools that are not named may be there. */
function asResponsesRequest(value: unknown): ResponsesRequest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as ResponsesRequest;
}
