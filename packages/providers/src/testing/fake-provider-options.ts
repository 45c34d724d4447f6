import type { Answer } from "./answer.ts";
import type { HttpErrorFault } from "./fault.ts";
import type { RenderContext } from "./rendering.ts";
import type { SeenRequest } from "./seen-request.ts";

/** What a fake provider says, and how it behaves otherwise. */
export interface FakeProviderOptions {
  /** Answers each inference request. May wait: the client then sees silence. */
  script(request: SeenRequest): Answer | Promise<Answer>;
  /** Listed under `/v1/models`; one model named `fake-model` when missing. */
  readonly models?: readonly string[];
  /** Refuses other credentials with 401, as `Authorization: Bearer`, `x-api-key`, `x-goog-api-key` or `api-key`. */
  readonly apiKey?: string;
  /** What `count_tokens` answers; "absent" makes it a 404. A quarter of the bytes when missing. */
  readonly countTokens?: ((request: SeenRequest) => number) | "absent";
  /** An HTTP error for requests of any kind, before the script is asked. */
  refusal?(request: SeenRequest): HttpErrorFault | undefined;
  /** Where chat completions carry the thinking; `reasoning_content` when missing. */
  readonly reasoningKey?: RenderContext["reasoningKey"];
  /** Answers unsound requests with 400, as a strict server does; true when missing. */
  readonly strict?: boolean;
  /** How long an idle connection stays open, in milliseconds; 60,000 when missing. */
  readonly keepAliveMs?: number;
}
