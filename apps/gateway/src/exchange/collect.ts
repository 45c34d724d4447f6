/** Reads a body whole, or its first `limitBytes` bytes; the rest is not read and its connection closed. */
export async function collect(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= limitBytes) break;
  }
  return Buffer.concat(chunks, bytes).subarray(0, limitBytes);
}
