/**
 * Hashes a text to 32 bits. Source: FNV-1a, with the finalizer of MurmurHash3, since FNV alone leaves similar names
 * with similar hashes.
 */
export function hashText(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return scramble(hash);
}

/**
 * The score with which one of several holds a seed: the highest wins. Among scores of one seed each wins as often as
 * its weight says, and a change of one weight moves only seeds to or from that one. Source: Schindelhauer and
 * Schomaker, "Weighted Distributed Hash Tables" (2005), the logarithmic method.
 */
export function rendezvousScore(seed: number, hash: number, weight: number): number {
  const mixed = scramble(scramble(seed ^ hash) + Math.imul(hash, 0x9e_37_79_b1));
  return -weight / Math.log((mixed + 0.5) / 0x1_00_00_00_00);
}

function scramble(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
