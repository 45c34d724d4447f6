import { createProvider, listModels, type CatalogEntry, type ProviderParts } from "@drawbridge/providers";

/** A server on this machine answers at once or is not there. */
const probeMs = 400;

/** Asks a local model server at its usual address for its models; undefined when nothing of that kind answers there. */
export async function probeLocalServer(
  entry: CatalogEntry,
  parts: ProviderParts,
): Promise<readonly string[] | undefined> {
  try {
    return await listModels(createProvider(entry.id, {}, parts), AbortSignal.timeout(probeMs));
  } catch {
    return undefined;
  }
}
