/** How long a provider may take to close an answer that it has concluded. */
const closeWithinMs = 500;

/** Reads on, but not for long: the stream ends by itself when the provider forgets to close it. */
async function nextSoon(rest: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<IteratorResult<Uint8Array, unknown>>((resolve) => {
    timer = setTimeout(resolve, closeWithinMs, { done: true, value: undefined });
  });
  try {
    return await Promise.race([rest.next(), enough]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Leaves an answer that nobody needs any more of. A provider that has concluded is given a moment to close it, so that
 * the connection can serve again; one that goes on writing is cut off.
 */
export async function leave(rest: AsyncIterator<Uint8Array>, concluded: boolean): Promise<void> {
  try {
    if (concluded) await nextSoon(rest);
    await rest.return?.();
  } catch {
    // The client has its answer; how the provider's connection ends concerns nobody.
  }
}
