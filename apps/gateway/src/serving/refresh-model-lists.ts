import type { ConfiguredProvider } from "@drawbridge/providers";

/** Asks every provider for its models unless it was asked lately. A provider that cannot say keeps what it said before. */
export async function refreshModelLists(providers: Iterable<ConfiguredProvider>): Promise<void> {
  await Promise.allSettled([...providers].map(({ modelList }) => modelList.refresh()));
}
