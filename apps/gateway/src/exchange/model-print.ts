import { createHash } from "node:crypto";
import type { Endpoint } from "@drawbridge/providers";

/** A model as one provider has it. */
export interface ProvidedModel {
  /** The provider's name, which is the same in all gateways that share a storage, by whatever address each reaches it. */
  readonly provider: string;
  readonly endpoint: Pick<Endpoint, "dialect" | "target">;
}

/** Names a model of a provider, the same in every gateway and after each start, and no longer than others. */
export function modelPrint({ provider, endpoint: { dialect, target } }: ProvidedModel): string {
  const named = JSON.stringify([provider, dialect.name, target.model]);
  return createHash("sha256").update(named).digest("base64url").slice(0, printLength);
}

const printLength = 22;
