/**
 * Leaves an answer that nobody needs any more of. A provider that has concluded is given a moment to close it, as long as
 * `readAnswer` waits, so that the connection can serve again; one that goes on writing is cut off.
 */
export async function leave(rest: AsyncIterator<Uint8Array>, concluded: boolean): Promise<void> {
  try {
    if (concluded) await rest.next();
    await rest.return?.();
  } catch {
    // The client has its answer; how the provider's connection ends concerns nobody.
  }
}
