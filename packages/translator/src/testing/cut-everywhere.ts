/**
 * Every way to cut bytes that is worth a test: in two at each place, and into single bytes. Chunks are copies, as a
 * network would give.
 */
export function* cutEverywhere(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}
