import type { Provider } from "@drawbridge/providers";

/** Asks every provider for its models unless it was asked lately. A provider that cannot say keeps what it said before. */
export async function refreshModelLists(providers: Iterable<Provider>): Promise<void> {
  await Promise.allSettled([...providers].map(({ modelList }) => modelList.refresh()));
}

/** The same, but waits no longer than `patienceMs`: a slow provider's list comes when it comes. */
export async function awaitModelLists(providers: Iterable<Provider>, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([refreshModelLists(providers), enough]);
  clearTimeout(timer);
}
