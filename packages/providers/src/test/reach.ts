import type { Credential } from "../credential.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Provider } from "../provider.ts";

/** The way to a model with a provider's first credential. */
export function reach(provider: Provider, model: string): { endpoint: Endpoint; credential: Credential } {
  const [credential] = provider.credentials;
  return { endpoint: provider.endpoint(model, credential), credential };
}

/** The headers with which a provider's first credential authorises a call. */
export async function authOf({ credentials: [credential] }: Provider): Promise<Readonly<Record<string, string>>> {
  const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
  const call = { method: "POST", url: "https://api.example/v1", headers: {}, deadlines } as const;
  return credential.authorize(call, new AbortController().signal);
}
