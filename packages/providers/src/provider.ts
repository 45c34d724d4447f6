import type { ChatProfile, Dialect } from "@drawbridge/translator";
import type { Deadlines, Transport } from "./transport.ts";

/** A configured provider: where its requests go, with which credential, and what its models take. */
export interface Provider {
  /** The name that configuration gives it; the part before the slash in `gpu/qwen3-coder`. */
  readonly name: string;
  readonly dialect: Dialect;
  /** What the vendor's own SDK takes, without a trailing slash. */
  readonly baseUrl: string;
  /** Headers that carry the credential. Made once; never logged. */
  readonly authHeaders: Readonly<Record<string, string>>;
  /** True when a bare model name belongs to this provider. */
  knows(model: string): boolean;
  /** What an OpenAI-compatible server takes for this model; undefined for other dialects. */
  chatProfile(model: string): ChatProfile | undefined;
  /** Models named in configuration or found by listing; may grow while the gateway runs. */
  readonly models: readonly string[];
  readonly deadlines: Deadlines;
  readonly transport: Transport;
}
